# Fills the file that is open as 3 to so many KiB. A disk that is full before is what was asked for.
set -uf
record=$1 deadline=$2 left=$3
fallocate -l "$((left * 1024))" /proc/self/fd/3 2>/dev/null && exit 0

# Written where the file system cannot just give blocks.
size=1024
while [ "$left" -gt 0 ] && [ -e "$record/armed" ]; do
  read -r up _ </proc/uptime
  [ "${up%.*}" -lt "$deadline" ] || exit 0
  if [ "$left" -lt "$size" ]; then size=1; fi
  count=$((left / size))
  if [ "$count" -gt 64 ]; then count=64; fi
  if dd if=/dev/zero bs="${size}k" count="$count" >&3 2>/dev/null; then
    left=$((left - count * size))
  elif [ "$size" = 1024 ]; then
    size=4
  else
    exit 0
  fi
done
