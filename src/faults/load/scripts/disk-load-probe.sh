# What the kernel counted for the workers and what they waited for; beside it how busy the device was.
count=$1 device=$2 reads=$3 writes=$4
if [ "$mode" = recovered ]; then
  told_gone ''
  exit 0
fi

# Sets `got` and `put`: bytes that the workers took from and gave to disks.
moved() {
  got=0 put=0
  for worker in $workers; do
    { while read -r key value; do
      case $key in
        read_bytes:) got=$((got + value)) ;;
        write_bytes:) put=$((put + value)) ;;
      esac
    done <"/proc/$worker/io"; } 2>/dev/null
  done
}

# Sets `name` and `active`: milliseconds in which the device had something to do.
device_of() {
  name='' active=0
  while read -r major minor found _ _ _ _ _ _ _ _ _ ticks _; do
    if [ "$major:$minor" = "$device" ]; then name=$found active=$ticks; fi
  done </proc/diskstats
}

workers=$(workers_left)
# shellcheck disable=SC2086
set -- $workers
if [ $# -lt "$count" ]; then
  echo "no $# of $count workers run"
  exit 0
fi
clock && moved && device_of
from=$hundredths got_before=$got put_before=$put active_before=$active
answer=no rounds=0
while [ "$answer" = no ] && [ "$rounds" -lt 5 ]; do
  rounds=$((rounds + 1))
  sleep 1
  moved
  if { [ "$reads" = no ] || [ "$got" -gt "$got_before" ]; } && { [ "$writes" = no ] || [ "$put" -gt "$put_before" ]; }; then
    answer=yes
  fi
done
clock && device_of
over=$((hundredths - from))
busy=''
if [ -n "$name" ]; then busy="; $name was busy $((10 * (active - active_before) / over))% of the time"; fi
rate() { echo $(($1 * 100 / over / 1024)); }
crew_of "$count"
echo "$answer $crew read $(rate $((got - got_before))) KiB/s from disk and wrote $(rate $((put - put_before))) KiB/s$busy"
