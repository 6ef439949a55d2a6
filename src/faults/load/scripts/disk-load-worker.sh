# Reads or writes the file that is open as 3, again and again, past the page cache.
# `block` and `size` in bytes; a pass is short, so that the deadline and the undo are seen in time.
set -uf
record=$1 deadline=$2 mode=$3 block=$4 size=$5
file=/proc/self/fd/3
blocks=$((size / block))
pass=$((8388608 / block))
if [ "$mode" = fsync ]; then pass=64; fi
if [ "$pass" -gt "$blocks" ]; then pass=$blocks; fi
if [ "$pass" -lt 1 ]; then pass=1; fi

on() {
  read -r up _ </proc/uptime
  [ "${up%.*}" -lt "$deadline" ] && [ -e "$record/armed" ]
}

put() { dd if=/dev/zero of="$file" bs="$block" count="$pass" seek="$at" "$@" 2>/dev/null; }
get() { dd if="$file" of=/dev/null bs="$block" count="$pass" skip="$at" "$@" 2>/dev/null; }

# The first way that works here; the last one always does.
choose() {
  at=0
  case $mode in
    write) put conv=notrunc oflag=direct && way=direct ;;
    fsync) put conv=notrunc oflag=dsync && way=dsync ;;
    read) get iflag=direct && way=direct || { get iflag=nocache && way=nocache; } ;;
  esac || way=plain
}

one_pass() {
  case $mode-$way in
    write-direct) put conv=notrunc oflag=direct ;;
    write-*) put conv=notrunc,fsync ;;
    fsync-dsync) put conv=notrunc oflag=dsync ;;
    fsync-*)
      pass=1
      put conv=notrunc,fsync
      ;;
    read-direct) get iflag=direct ;;
    read-nocache) dd if="$file" iflag=nocache count=0 2>/dev/null && get ;;
    *) get ;;
  esac
}

at=0
if [ "$mode" = read ]; then
  while [ "$at" -lt "$blocks" ] && on; do
    put conv=notrunc,fsync || exit 74
    at=$((at + pass))
  done
fi
choose
while on; do
  one_pass || sleep 1
  at=$((at + pass))
  if [ "$((at + pass))" -gt "$blocks" ]; then at=0; fi
done
