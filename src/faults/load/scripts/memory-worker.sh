# Fills memory with buffers of dd that nobody reads, and gives them back when others need it. A buffer is freed with its
# dd, and each dd ends with this process, because it is the only reader of their pipe.
# In KiB: most that is held, MemAvailable that is left, MemAvailable below which something is given back, one buffer.
set -uf
record=$1 deadline=$2 most=$3 leave=$4 floor=$5 chunk=$6 ramp=$7
exec 4<>"$record/pipe" || exit 74
rm -f "$record/pipe"

clock() {
  read -r up _ </proc/uptime
  up=${up%.*}
}

memory() {
  while read -r key value _; do
    if [ "$key" = MemAvailable: ]; then
      available=$value
      return
    fi
  done </proc/meminfo
}

# Whether a buffer still is one of ours; sets `since`, its start.
ours() {
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  since=${20}
  [ "$2" = $$ ] && [ "$1" != Z ] && [ "$1" != X ]
}

# Sets `touched`: KiB of a process's own, in memory or swapped out.
touch_of() {
  touched=0
  while read -r key value _; do
    case $key in RssAnon: | VmSwap:) touched=$((touched + value)) ;; esac
  done <"/proc/$1/status"
} 2>/dev/null

# Sets `buffers` ("pid:KiB", newest first) and their sum `held`, without those that ended.
count() {
  held=0 alive=''
  for buffer in $buffers; do
    if ours "${buffer%:*}"; then
      alive="$alive $buffer" held=$((held + ${buffer#*:}))
    fi
  done
  buffers=$alive
}

# A buffer that dd is still filling is not yet in MemAvailable.
filling() {
  newest=${buffers# }
  newest=${newest%% *}
  [ -n "$newest" ] || return 1
  touch_of "${newest%:*}"
  [ "$touched" -lt "$((${newest#*:} * 9 / 10))" ]
}

give_back() {
  missing=$((floor - available)) kept=''
  for buffer in $buffers; do
    if [ "$missing" -gt 0 ] && ours "${buffer%:*}"; then
      kill -s KILL "${buffer%:*}" 2>/dev/null
      missing=$((missing - ${buffer#*:}))
    else
      kept="$kept $buffer"
    fi
  done
  buffers=$kept
}

# For the probe: what is to be held now, and the buffers.
tell() {
  text=$goal
  for buffer in $buffers; do
    if ours "${buffer%:*}"; then
      text="$text
${buffer%:*} $since ${buffer#*:}"
    fi
  done
  # At once, for whoever reads it meanwhile.
  printf '%s\n' "$text" >"$record/held"
} 2>/dev/null

clock
memory
began=$up buffers='' need=$((available - leave))
if [ "$need" -gt "$most" ]; then need=$most; fi
while [ "$up" -lt "$deadline" ] && [ -e "$record/armed" ]; do
  count
  clock
  memory
  limit=$most pause=0.5
  if [ "$((up - began))" -lt "$ramp" ]; then limit=$((need * (up - began) / ramp)); fi
  goal=$((held + available - leave))
  if [ "$goal" -gt "$limit" ]; then goal=$limit; fi
  step=$((goal - held))
  if [ "$available" -lt "$floor" ]; then
    give_back
  elif filling; then
    pause=0.1
  elif [ "$step" -ge "$((chunk / 4))" ] || { [ "$step" -gt 0 ] && [ "$((held + step))" -eq "$most" ]; }; then
    if [ "$step" -gt "$chunk" ]; then step=$chunk; fi
    dd if=/dev/zero of="/proc/$$/fd/4" bs="${step}k" count=1 conv=notrunc 4<&- >/dev/null 2>&1 &
    buffers="$!:$step $buffers"
    pause=0.1
  fi
  tell
  sleep "$pause" 2>/dev/null || sleep 1
done
