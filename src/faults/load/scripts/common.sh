# What the load faults share.

# The name under which our workers run: known without any record.
mark=aftershock-load-$tag

# Limits of the session that we came by (and its end) are not the limits of the load.
leave_session() {
  [ "$uid" = 0 ] && [ -d /run/systemd/system ] || return 0
  for cgroup in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/unified/cgroup.procs /sys/fs/cgroup/memory/cgroup.procs /sys/fs/cgroup/cpu/cgroup.procs; do
    if [ -e "$cgroup" ]; then { echo "$1" >"$cgroup"; } 2>/dev/null; fi
  done
  return 0
}

# Pids of our workers that live, one a line: by the record, or, where it is lost, by their name.
workers_left() {
  if [ -n "$record" ]; then
    workers_alive
    return
  fi
  set +f
  # shellcheck disable=SC2062
  printf '%s\n' "$mark" | grep -lF -f - -- /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3
  set -f
}

# The answer to whether they are gone, and what more there is to say then.
told_gone() {
  left=$(workers_left | tr '\n' ' ')
  if [ -z "$left" ]; then echo "yes no worker of ours is left$1"; else echo "no workers still run: $left"; fi
}

# Sets `crew`: how many workers there are, in words.
crew_of() {
  crew="$1 workers"
  if [ "$1" = 1 ]; then crew='1 worker'; fi
}

# Ends them; one whose record is lost ends itself, because it looks for the record.
undo_workers() {
  if [ -n "$record" ]; then
    end_workers
    return
  fi
  waited=0
  while [ -n "$(workers_left)" ]; do
    waited=$((waited + 1))
    [ "$waited" -lt 40 ] || return 1
    sleep 0.1 2>/dev/null || sleep 1
  done
}

# Sets `ticks`: CPU time of a process and of its children that ended, in hundredths of a second.
cpu_of() {
  ticks=0
  { read -r stat_line <"/proc/$1/stat"; } 2>/dev/null || return 1
  # shellcheck disable=SC2086
  set -- ${stat_line##*) }
  ticks=$((${12} + ${13} + ${14} + ${15}))
}

# Sets `hundredths`: since boot.
clock() {
  read -r up _ </proc/uptime
  hundredths=$((${up%.*} * 100 + 1${up#*.} - 100))
}

# Sets `total` and `available`: memory, in KiB.
memory() {
  total=0 available=0
  while read -r key value _; do
    case $key in
      MemTotal:) total=$value ;;
      MemAvailable:)
        available=$value
        break
        ;;
    esac
  done </proc/meminfo
}
