# aftershock: a script on a host
set -uf
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/sbin:/sbin
umask 077

# State letter and start time of a process (fields 3 and 22 of its stat); fails where it has ended. Read without starting
# a program: where none can be started, that would look like an end.
stat_of() {
  stat_text=
  # The last line: the name may hold anything, line ends too.
  { while IFS= read -r stat_line; do stat_text=$stat_line; done <"/proc/$1/stat"; } 2>/dev/null
  [ -n "$stat_text" ] || return 1
  # Fields count from behind the last parenthesis.
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
  read -r up_text _ </proc/uptime
  echo "${up_text%.*}"
}
