# Runs a script for a caller on another machine: says where its words begin and end, and ends it, with its whole
# session, once the caller is gone or its time is over. What it put into a session of its own stays.
peer=$1 token=$2 deadline_s=$3 script=$4 input=$5
shift 5
AFTERSHOCK_KIND=ssh AFTERSHOCK_NETNS='' AFTERSHOCK_PEER=$peer
export AFTERSHOCK_KIND AFTERSHOCK_NETNS AFTERSHOCK_PEER
cd / || exit 71
# Nothing more comes on standard input: it ends when the connection does.
exec 3<&0 </dev/null
if ! command -v setsid >/dev/null; then
  echo 'setsid: not found' >&2
  exit 127
fi

gone() {
  if [ "$deadline_s" = 0 ]; then
    cat <&3
  else
    timeout "$deadline_s" cat <&3
    # Where there is no `timeout` that takes seconds first, the connection alone says when.
    case $? in 0 | 124 | 143) ;; *) cat <&3 ;; esac
  fi
  kill -s KILL -- "-$1" || kill -s KILL "$1"
}

echo "$token"
echo "$token" >&2
if [ -z "$input" ]; then
  setsid sh -c "$script" sh "$@" 3<&- &
else
  printf '%s' "$input" 2>/dev/null 3<&- | setsid sh -c "$script" sh "$@" 3<&- &
fi
pid=$!
gone "$pid" >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$pid"
code=$?
kill -s KILL "$watcher" 2>/dev/null
printf '\n%s %s\n' "$token" "$code" >&2
exit 0
