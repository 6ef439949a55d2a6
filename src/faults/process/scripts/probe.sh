# For each process that was pinned or stopped: "pid gone", or "pid" and the states of all its threads, or "pid unknown".
id=$1 booted=$2
shift 2
if [ "$booted" != "$boot" ]; then
  echo rebooted
  exit 0
fi
find_record "$id"

probe() {
  if ! is "$1" "$2"; then
    echo "$1 gone"
    return
  fi
  set +f
  states=$(cat "/proc/$1/task/"[0-9]*/stat 2>/dev/null | sed -n 's/^.*) \([A-Za-z]\) [-0-9 ]*$/\1/p' | sort -u | tr -d '\n')
  set -f
  if [ -n "$states" ]; then
    echo "$1 $states"
  elif is "$1" "$2"; then
    echo "$1 unknown"
  else
    echo "$1 gone"
  fi
}

{
  while [ $# -ge 2 ]; do
    echo "$1 $2"
    shift 2
  done
  if [ -n "$record" ] && [ -f "$record/paused" ]; then cat "$record/paused"; fi
} | sort -u | while read -r one since; do probe "$one" "$since"; done
