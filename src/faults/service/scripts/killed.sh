# Whether the main process of a unit has ended (effect), and whether the unit runs again (recovered).
booted=$1 unit=$2 pid=$3 start=$4 patience=$5 was_restarts=$6
if [ "$booted" != "$boot" ]; then
  echo "yes the host has been started anew since: what runs there is what its boot starts"
  exit 0
fi
if [ "$mode" = effect ]; then
  if is "$pid" "$start"; then echo "no the main pid $pid of $unit still runs"; else echo "yes the main pid $pid of $unit has ended"; fi
  exit 0
fi
if is "$pid" "$start"; then
  if [ -n "$record" ] && [ -f "$record/sent" ] && [ $(($(up_s) - $(cat "$record/sent"))) -lt "$patience" ]; then
    echo "no the main pid $pid of $unit has got our signal and has not ended yet"
  else
    echo "yes the main pid $pid of $unit still runs: it has not ended by our signal"
  fi
elif ! read_unit "$unit"; then
  echo "unsure systemd does not answer: $shown" | tr '\n' ' '
elif is_up && [ "$main" != "$pid" ]; then
  by='systemd started it again'
  if [ "$restarts" = "$was_restarts" ]; then by='it was started again'; fi
  echo "yes $unit is $active ($sub) with main pid $main, was $pid: $by"
else
  echo "no $unit is $active ($sub)${job:+, with a job}"
fi
