# $1: a filter of ss. Refuses where it means no connection; those that it means are noted before they are ended.
cookies "$1" >"$record/sockets" || exit 74
if [ ! -s "$record/sockets" ]; then
  echo "no connection matches: $1" >&2
  exit 67
fi
ss -K -n -t state connected exclude time-wait "$1" >/dev/null || exit 70
all=$(wc -l <"$record/sockets")
if [ "$(still_there "$1")" -ge "$all" ]; then
  echo "ss -K ended none of $all connections: the kernel cannot" >&2
  exit 67
fi
exit 0
