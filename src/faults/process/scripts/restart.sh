# Starts a process again by a command, once. `patience` seconds are what a process may take to end by our signal.
id=$1 pid=$2 start=$3 patience=$4 again=$5 command=$6 cwd=$7
shift 7
find_record "$id"
if [ -z "$record" ]; then
  choose_place
  record=$place/$id
  mkdir -p "$record" || exit 74
fi
exec 9<"$record"
flock -w 3 9 || exit 75
: >"$record/undone" || exit 74

if is "$pid" "$start"; then
  [ -f "$record/sent" ] || exit 0
  [ $(($(up_s) - $(cat "$record/sent"))) -ge "$patience" ] && exit 0
  exit 67
fi
# It ended before our signal: that is not ours to undo.
if [ -f "$record/injection.json" ] && ! [ -f "$record/sent" ]; then exit 0; fi
[ -n "$command" ] || exit 0
if [ -f "$record/started" ]; then
  read -r one since <"$record/started"
  if is "$one" "$since" || [ "$again" != yes ]; then exit 0; fi
  rm -f "$record/started"
fi

# What is started notes itself before it becomes the command: nothing runs that is not known here.
# shellcheck disable=SC2016,SC2089
begin='
  record=$1 command=$2
  stat=$(cat "/proc/$$/stat")
  set -f
  set -- ${stat##*) }
  echo "$$ ${20}" >"$record/started.new" && mv "$record/started.new" "$record/started" || exit 74
  exec 9<&-
  exec sh -c "$command"
'
# Gets an environment as its arguments; titles that a program wrote over its own are none.
# shellcheck disable=SC2016,SC2089
launch='
  for pair; do
    shift
    case $pair in [A-Za-z_]*=*) set -- "$@" "$pair" ;; esac
  done
  env -i PATH="$PATH" "$@" setsid sh -c "$begin" sh "$record" "$command" </dev/null >/dev/null 2>&1 &
'
# shellcheck disable=SC2090
export begin record command
cd "$cwd" || exit 68
{
  if [ -f "$record/environ" ]; then cat "$record/environ"; else cat "/proc/$$/environ"; fi
  for pair; do printf '%s\0' "$pair"; done
} | xargs -0 -x -n 5000 sh -c "$launch" sh || exit 70
tries=0
while ! [ -f "$record/started" ]; do
  [ "$tries" -lt 50 ] || exit 70
  tries=$((tries + 1))
  sleep 0.1
done
exit 0
