# What runs, as raw text that is taken apart elsewhere. `stat` is cheap; the rest is looked at where it can have changed.
what=$1 every_s=$2 pid_file=${3-}
# `net:[4026531992]`, as a pattern.
netns=
if [ -n "${AFTERSHOCK_NETNS-}" ]; then netns=$(readlink /proc/self/ns/net | sed 's/[][]/\\&/g'); fi

# What cannot be printed becomes `?`; the ls of BusyBox does that anyway.
q=q
ls -q /dev/null >/dev/null 2>&1 || q=

# Sets `those`: the folders of all processes, or of those in our network namespace where we are in one.
processes() {
  set +f
  if [ -z "$netns" ]; then
    those=$(echo /proc/[0-9]*)
  else
    # shellcheck disable=SC2012
    those=$(ls "-ld$q" /proc/[0-9]*/ns/net 2>/dev/null | sed -n "s|^.* \(/proc/[0-9]*\)/ns/net -> $netns\$|\1|p")
  fi
  set -f
}

# A file of each of them.
files() {
  for folder in $those; do printf '%s ' "$folder/$1"; done
}

quick() {
  echo '@uptime'
  cat /proc/uptime
  if [ -n "$pid_file" ]; then
    echo '@pid'
    head -n 1 "$pid_file" 2>/dev/null | tr -cd 0-9
    echo
  fi
  echo '@stat'
  # The file's name before each line: a process may have a name of several lines.
  # shellcheck disable=SC2046
  grep -as '' $(files stat) /dev/null
}

# shellcheck disable=SC2046
whole() {
  echo '@exe'
  ls "-ld$q" $(files exe) 2>/dev/null
  echo '@command'
  grep -as '' $(files cmdline) /dev/null | tr '\000' ' '
  if [ "$what" = port ]; then
    echo '@tcp'
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null
    echo '@fd'
    # shellcheck disable=SC2010
    ls "-l$q" $(files fd) 2>/dev/null | grep -e '^/proc/[0-9]*/fd:$' -e ' -> socket:'
  fi
}

if ! [ -r /proc/self/stat ]; then
  echo 'there is no /proc: only Linux is known' >&2
  exit 69
fi
echo '@self'
echo "$$"
cat /proc/sys/kernel/random/boot_id
echo '@units'
# Without getconf (BusyBox) as on nearly every Linux.
getconf CLK_TCK 2>/dev/null || echo 100
getconf PAGESIZE 2>/dev/null || echo 4096
looks=0 before=
while :; do
  processes
  quick
  # A process can become another program (exec) or begin to listen without a new number.
  if [ "$those" != "$before" ] || [ $((looks % 5)) -eq 0 ]; then whole; fi
  before=$those
  looks=$((looks + 1))
  echo '@end'
  [ "$every_s" = 0 ] && exit 0
  sleep "$every_s"
done
