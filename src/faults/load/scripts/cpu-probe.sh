# The workers' own CPU time over a second against what is asked of them now; how busy the cores are is told beside it.
share=$1 ramp=$2 count=$3 list=$4
if [ "$mode" = recovered ]; then
  told_gone ''
  exit 0
fi

# Sets `busy` and `all`: jiffies of the cores that are loaded.
cores() {
  busy=0 all=0
  while read -r name user nice system idle iowait irq softirq steal _; do
    case $name in cpu*) ;; *) break ;; esac
    if [ -z "$list" ]; then
      [ "$name" = cpu ] || continue
    else
      case " $list " in *" ${name#cpu} "*) ;; *) continue ;; esac
    fi
    busy=$((busy + user + nice + system + irq + softirq + steal))
    all=$((all + user + nice + system + irq + softirq + steal + idle + iowait))
  done </proc/stat
}

# Sets `sum` and `waiting`: CPU time of all workers, and how long they waited for a core that others had.
spent() {
  sum=0 waiting=0
  for worker in $workers; do
    cpu_of "$worker" && sum=$((sum + ticks))
    { read -r _ waited _ <"/proc/$worker/schedstat"; } 2>/dev/null && waiting=$((waiting + waited / 10000000))
  done
}

workers=$(workers_left)
# shellcheck disable=SC2086
set -- $workers
if [ $# -lt "$count" ] || [ ! -f "$record/began" ]; then
  echo "no $# of $count workers run"
  exit 0
fi
read -r began <"$record/began"
clock && cores && spent
from=$hundredths busy_before=$busy all_before=$all sum_before=$sum waiting_before=$waiting
sleep 1
clock && cores && spent
asked=$share
if [ "$((hundredths - began))" -lt "$((ramp * 100))" ]; then asked=$((share * (from - began) / (ramp * 100))); fi
over=$((count * (hundredths - from)))
got=$((100 * (sum - sum_before) / over))
waited=$((100 * (waiting - waiting_before) / over))
machine=$((all > all_before ? 100 * (busy - busy_before) / (all - all_before) : 0))
# Where all cores are taken the workers only get their part, and compete for the rest.
competing=$((machine >= 90 ? got + waited : got))
answer=no
if [ "$got" -ge 1 ] && [ "$competing" -ge "$((asked - 15))" ]; then answer=yes; fi
where='of the machine'
if [ -n "$list" ]; then where="of the cores $list"; fi
crew_of "$count"
echo "$answer $crew used $got% of a core each (asked now: $asked%) by their own CPU time, and waited for one $waited% of the time; $machine% $where were busy"
