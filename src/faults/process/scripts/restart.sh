# Starts a process again by a command, once. `patience` seconds are what a process may take to end by our signal.
booted=$1 pid=$2 start=$3 patience=$4 by=$5 wanted=$6 before=$7 oom=$8 mask=$9
shift 9
command=$1 cwd=$2 alike=$3
shift 3
# A machine that started anew has started what it starts; the numbers of another boot are of other processes.
[ "$booted" = "$boot" ] || exit 0

if is "$pid" "$start"; then
  [ -n "$record" ] && [ -f "$record/sent" ] || exit 0
  [ $(($(up_s) - $(cat "$record/sent"))) -ge "$patience" ] && exit 0
  echo "pid $pid has got our signal and has not ended yet; after $patience s it counts as having outlived it" >&2
  exit 70
fi
[ -n "$command" ] || exit 0
if [ -z "$record" ]; then
  # A lost record is made anew, so that it is started once.
  choose_place
  record=$place/$id
  mkdir -p "$record" || exit 74
  exec 9<"$record"
  lock_fd 9 8 || exit 75
fi
# It ended before our signal: that is not ours to undo.
if [ -f "$record/injection.json" ] && ! [ -f "$record/sent" ]; then exit 0; fi
if [ -f "$record/started" ]; then
  read -r one since <"$record/started"
  if is "$one" "$since"; then exit 0; fi
elif [ -n "$(marked)" ]; then
  # Where the disk is full it could not be noted.
  exit 0
fi
# What we started may have become something else. Where the record is gone, the host itself may have undone it.
if [ -f "$record/started" ]; then
  [ -z "$(newcomers "$by" "$wanted" 0 "$before")" ] || exit 0
  rm -f "$record/started"
elif ! [ -f "$record/injection.json" ]; then
  # A number does not come back: then by the same command line.
  if [ -n "$alike" ]; then by=command wanted=$alike; fi
  [ -z "$(newcomers "$by" "$wanted" 0 "$before")" ] || exit 0
fi

cgroup=/none
if [ -f "$record/cgroup" ]; then read -r cgroup <"$record/cgroup"; fi
# The undo may run under the watchdog, which the OOM killer spares: what it starts gets the place of the process that ended.
# shellcheck disable=SC2016,SC2089
begin='
  { echo "$2" >/proc/self/oom_score_adj; } 2>/dev/null
  # Where the other one was; or, where that is gone, beside everything: not in the unit of the watchdog, which would live on with it.
  { echo "$$" >"/sys/fs/cgroup$4/cgroup.procs" || echo "$$" >/sys/fs/cgroup/cgroup.procs; } 2>/dev/null
  umask "$3"
  exec 9<&-
  exec sh -c "$1"
'
# Gets an environment as its arguments; titles that a program wrote over its own are none. Tells who was started.
# shellcheck disable=SC2016,SC2089
launch='
  for pair; do
    shift
    case $pair in
      AFTERSHOCK_RECORD=* | AFTERSHOCK_KIND=* | AFTERSHOCK_NETNS=* | AFTERSHOCK_PEER=* | AFTERSHOCK_STARTED=*) ;;
      [A-Za-z_]*=*) set -- "$@" "$pair" ;;
    esac
  done
  env -i PATH="$PATH" AFTERSHOCK_STARTED="$tag" "$@" setsid sh -c "$begin" sh "$command" "$oom" "$mask" "$cgroup" </dev/null >/dev/null 2>&1 &
  echo "$!"
'
# shellcheck disable=SC2090
export begin command oom mask tag cgroup
if ! cd "$cwd"; then
  echo "the folder $cwd in which it is to be started again is not there: make it again" >&2
  exit 70
fi
# Not a child of ours by then, and no leader of a group: setsid keeps its number.
one=$(
  {
    if [ -f "$record/environ" ]; then cat "$record/environ"; else cat "/proc/$$/environ"; fi
    for pair; do printf '%s\0' "$pair"; done
  } | xargs -0 -x -n 5000 sh -c "$launch" sh
)
case $one in
  '' | *[!0-9]*)
    echo 'what is to be started again did not begin: look at the limits of processes (ulimit -u) and memory' >&2
    exit 70
    ;;
esac
since=$(stat_of "$one")
# One that has ended already is noted, too: it is told, and tried again.
{ echo "$one ${since#* }" >"$record/started.new" && mv "$record/started.new" "$record/started"; } 2>/dev/null
exit 0
