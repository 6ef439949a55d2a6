# aftershock: a script on a host
set -uf
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/sbin:/sbin
umask 077

# State letter and start time of a process (fields 3 and 22 of its stat); fails where it has ended.
stat_of() {
  stat_text=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The name in parentheses may hold anything: fields count from behind the last one.
  # shellcheck disable=SC2086
  set -- ${stat_text##*) }
  case $1 in Z | X) return 1 ;; esac
  echo "$1 ${20}"
}

# Whether a pid is still the very process that was pinned by its start time.
is() {
  found=$(stat_of "$1") && [ "${found#* }" = "$2" ]
}

# Whole seconds since boot, which no change of the wall clock moves.
up_s() {
  cut -d. -f1 /proc/uptime
}
