# Units of systemd. Jobs are never waited for by systemctl: the undo may itself run in a unit, and at boot.

# Sets active, sub, job, main, invocation, enabled and restarts; fails where systemd does not answer.
read_unit() {
  active='' sub='' job='' main=0 invocation='' enabled='' restarts=0
  shown=$(systemctl show -p ActiveState -p SubState -p Job -p MainPID -p InvocationID -p UnitFileState -p NRestarts -- "$1" 2>&1) ||
    return 1
  while IFS='=' read -r key value; do
    case $key in
      ActiveState) active=$value ;;
      SubState) sub=$value ;;
      Job) job=${value#0} ;;
      MainPID) main=${value:-0} ;;
      InvocationID) invocation=$value ;;
      UnitFileState) enabled=$value ;;
      NRestarts) restarts=${value:-0} ;;
    esac
  done <<EOT
$shown
EOT
  [ -n "$active" ]
}

is_up() {
  case $active in active | reloading) [ -z "$job" ] ;; *) false ;; esac
}

# Starts units and waits until all of them run, at most about 9 s.
start_units() {
  for one; do
    # What failed too often is not started again before that is forgotten.
    if read_unit "$one" && [ "$active" = failed ]; then systemctl reset-failed -- "$one" >&2; fi
  done
  # Also of one that runs: it takes back a stop that is still to come.
  systemctl start --no-block -- "$@" >&2 || exit 70
  tries=0
  while :; do
    waiting='' over=''
    for one; do
      if ! read_unit "$one"; then
        waiting="systemd does not answer: $shown"
      elif ! is_up; then
        waiting="$one is $active ($sub)${job:+, with a job}"
        # It has tried, and will not by itself.
        if [ "$active" = failed ] && [ -z "$job" ]; then over=yes; fi
      fi
    done
    if [ -z "$waiting" ]; then return 0; fi
    tries=$((tries + 1))
    if [ -n "$over" ] || [ "$tries" -ge 40 ]; then break; fi
    sleep 0.2
  done
  echo "$waiting: see journalctl -u $1 there" >&2
  exit 70
}
