# Adds, never changes or replaces: what hangs there and is not the kernel's own makes it fail.
batch() {
  printf '%s\n' "$1" | sed "s/@tag@/$tag/g; s/@h@/$h/g" | tc -batch - >&2
}

number=0
while [ $# -ge 3 ]; do
  if [ -n "$2" ]; then
    root=$(tc qdisc show dev "$1" 2>/dev/null | grep ' root ' | grep -v '^qdisc [a-z_]* 0: ')
    if [ -n "$root" ]; then
      echo "$1 has a qdisc that is not the kernel's own: $root" >&2
      exit 67
    fi
    batch "$2" || exit 67
  fi
  if [ -n "$3" ]; then
    if tc qdisc show dev "$1" | grep -q -e '^qdisc ingress ' -e '^qdisc clsact '; then
      echo "$1 has an ingress qdisc that is not ours" >&2
      exit 67
    fi
    # The module makes two devices of its own unless told.
    [ -d /sys/module/ifb ] || modprobe ifb numifbs=0 2>/dev/null
    ip link add name "$(ifb "$number")" type ifb >&2 && ip link set dev "$(ifb "$number")" up >&2 || exit 67
    batch "$3" || exit 67
  fi
  number=$((number + 1))
  shift 3
done
exit 0
