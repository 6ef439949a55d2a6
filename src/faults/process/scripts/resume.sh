# Lets everything go on that was stopped: what the record notes; without a record, what was pinned before.
booted=$1
shift
# A machine that started anew has stopped nothing.
[ "$booted" = "$boot" ] || exit 0

resume() {
  is "$1" "$2" || return 0
  kill -s CONT "$1" || exit "$FORBIDDEN"
}

if [ -n "$record" ]; then
  if [ -f "$record/paused" ]; then
    while read -r one since; do resume "$one" "$since"; done <"$record/paused"
  fi
  exit 0
fi
while [ $# -ge 2 ]; do
  resume "$1" "$2"
  shift 2
done
exit 0
