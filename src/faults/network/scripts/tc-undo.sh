# Each interface by itself: one that is stuck, or gone, does not keep the others.
number=0
stuck=
while [ $# -ge 3 ]; do
  if ! take_off "$1" "$number"; then stuck="$stuck $1"; fi
  number=$((number + 1))
  shift 3
done
if [ -n "$stuck" ]; then
  echo "what we hung on$stuck is still there" >&2
  exit 70
fi
exit 0
