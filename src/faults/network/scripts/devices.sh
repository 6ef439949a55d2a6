# What hangs on some interfaces, and what the kernel can put there; nothing is changed.

# Whether the kernel has a part: loaded, built in, or a module that could be loaded.
has() {
  [ -d "/sys/module/$1" ] || modprobe -n -q "$1" 2>/dev/null
}

# The same, tried in a network namespace that ends with the trial.
# shellcheck disable=SC2016
tried() {
  unshare -n sh -c "ip link set lo up && $1" >/dev/null 2>&1
}

can() {
  if has "$2" || tried "$3"; then echo "can $1"; fi
}

can netem sch_netem 'tc qdisc add dev lo root netem delay 1ms'
can prio sch_prio 'tc qdisc add dev lo root prio'
can ifb ifb 'ip link add type ifb'
can ingress sch_ingress 'tc qdisc add dev lo ingress'
can mirred act_mirred 'tc qdisc add dev lo ingress && tc filter add dev lo parent ffff: protocol ip u32 match u32 0 0 action mirred egress redirect dev lo'
can flower cls_flower 'tc qdisc add dev lo ingress && tc filter add dev lo parent ffff: protocol ip flower dst_ip 127.0.0.9 action pass'
can u32 cls_u32 'tc qdisc add dev lo ingress && tc filter add dev lo parent ffff: protocol ip u32 match u32 0 0 action pass'
echo "kernel $(uname -r)"

# Whose a qdisc of ours is: its handle ends with the first two digits of an injection's tag.
owner() {
  places | while IFS= read -r place; do
    private "$place" || continue
    set +f
    for undo in "$place"/*/undo; do
      if grep -qs "^tag='$1" "$undo"; then
        undo=${undo%/undo}
        echo "${undo##*/}"
      fi
    done
    set -f
  done
}

for device; do
  if ! ip link show dev "$device" >/dev/null 2>&1; then
    echo "absent $device"
    continue
  fi
  tc qdisc show dev "$device" 2>/dev/null | while read -r _ kind handle at _; do
    case $kind/$at/$handle in
      ingress/* | clsact/*) echo "ingress $device $kind" ;;
      prio/root/af??:)
        handle=${handle#af}
        echo "ours $device $(owner "${handle%:}")"
        ;;
      */root/*) echo "root $device $kind $handle" ;;
    esac
  done
done
exit 0
