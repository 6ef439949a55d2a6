# Fills the disk and the memory that /run is made of, to the last byte, until an uptime where one is given. With `empty`
# takes that back.
if [ "$1" = empty ]; then
  rm -f /drill-fill /run/drill-fill
  exit 0
fi
for file in /drill-fill /run/drill-fill; do
  free=$(df -B1 --output=avail "${file%/*}/" | tail -n 1)
  fallocate -l "$((free))" "$file" || true
  dd if=/dev/zero of="$file" bs=64k oflag=append conv=notrunc 2>/dev/null
  dd if=/dev/zero of="$file" bs=1 oflag=append conv=notrunc 2>/dev/null
done
if [ -n "${2-}" ]; then
  # shellcheck disable=SC2016
  setsid sh -c '
    while read -r up _ </proc/uptime && [ "${up%.*}" -lt "$1" ]; do sleep 0.5; done
    rm -f /drill-fill /run/drill-fill
  ' sh "$2" </dev/null >/dev/null 2>&1 &
fi
exit 0
