# How a host fares, as raw text that is taken apart elsewhere: one look, or one each `every_s` seconds for good.
every_s=$1 path=$2

if ! [ -r /proc/stat ]; then
  echo 'there is no /proc: only Linux is known' >&2
  exit 69
fi
echo "@boot $(cat /proc/sys/kernel/random/boot_id 2>/dev/null)"
# Disks that are there as hardware: what lies on top of them (partitions, dm, md, loop) would count twice.
set +f
for disk in /sys/block/*; do
  if [ -e "$disk/device" ]; then echo "@disk ${disk##*/}"; fi
done
set -f
while :; do
  set +f
  set -- /proc/[0-9]*
  set -f
  echo "@processes $#"
  # One program for all files; a kernel without PSI has no /proc/pressure, or refuses to read it.
  grep -s -e '^cpu ' -e '^MemTotal:' -e '^MemAvailable:' -e '^Swap[TF]' -e '^some ' -e '^[0-9][0-9.]* [0-9]' \
    -e '^ *[0-9][0-9]* *[0-9][0-9]* [^ ]* [0-9]' -e ':\( *[0-9][0-9]*\)\{12\}' \
    /proc/stat /proc/meminfo /proc/uptime /proc/loadavg /proc/diskstats /proc/net/dev \
    /proc/pressure/cpu /proc/pressure/memory /proc/pressure/io
  df -Pk -- "$path" 2>/dev/null
  echo '@end'
  [ "$every_s" = 0 ] && exit 0
  sleep "$every_s"
done
