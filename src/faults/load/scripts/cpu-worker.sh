# Keeps one core busy for a share of the time, by its own CPU time; ends with the deadline or with its undo.
set -uf
record=$1 deadline=$2 share=$3 ramp=$4

# Sets `now` and `spent`, in hundredths of a second; reads with the shell's own means.
look() {
  read -r up _ </proc/uptime
  now=$((${up%.*} * 100 + 1${up#*.} - 100))
  read -r stat </proc/self/stat
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  spent=$((${12} + ${13} + ${14} + ${15}))
}

look
began=$now owed=0
while [ "$now" -lt "$((deadline * 100))" ] && [ -e "$record/armed" ]; do
  last=$now had=$spent
  look
  wanted=$share
  if [ "$((now - began))" -lt "$((ramp * 100))" ]; then wanted=$((share * (now - began) / (ramp * 100) + 1)); fi
  # What a busy machine withholds is not made up for later, or it would come back as a burst.
  owed=$((owed + wanted * (now - last) - 100 * (spent - had)))
  if [ "$owed" -gt 2500 ]; then owed=2500; fi
  if [ "$owed" -lt -2500 ]; then owed=-2500; fi
  if [ "$wanted" -lt 100 ] && [ "$owed" -le 0 ]; then
    rest=$((25 * (100 - wanted) / 100 + 2))
    if [ "$rest" -lt 10 ]; then rest=0$rest; fi
    sleep "0.$rest" 2>/dev/null || sleep 1
  else
    turns=0
    while [ "$turns" -lt 500 ]; do turns=$((turns + 1)); done
  fi
done
