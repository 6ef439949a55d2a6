# Whether a unit was restarted (effect), and whether it runs (recovered): by its invocation, which each start has anew.
booted=$1 unit=$2 was=$3 was_main=$4
if ! read_unit "$unit"; then
  echo "unsure systemd does not answer: $shown" | tr '\n' ' '
elif [ "$mode" = effect ]; then
  if [ "$invocation $main" = "$was $was_main" ]; then
    echo "no $unit is still the same: main pid $main, invocation $invocation"
  else
    echo "yes $unit is $active ($sub): main pid $main, was $was_main; invocation $invocation, was $was"
  fi
elif [ "$booted" != "$boot" ]; then
  echo "yes the host has been started anew since: what runs there is what its boot starts"
elif is_up; then
  echo "yes $unit is $active ($sub) with main pid $main"
else
  echo "no $unit is $active ($sub)${job:+, with a job}"
fi
