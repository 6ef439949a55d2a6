# Starts a unit again where systemd did not do so by itself. `patience` seconds are what it may take to end by our signal.
booted=$1 unit=$2 pid=$3 start=$4 patience=$5
# A machine that started anew has started what it starts.
[ "$booted" = "$boot" ] || exit 0
if [ "$pid" != 0 ] && is "$pid" "$start"; then
  [ -n "$record" ] && [ -f "$record/sent" ] || exit 0
  [ $(($(up_s) - $(cat "$record/sent"))) -ge "$patience" ] && exit 0
  echo "$unit (pid $pid) has got our signal and has not ended yet; after $patience s it counts as having outlived it" >&2
  exit 70
fi
rounds=0
while read_unit "$unit"; do
  case $active in inactive | failed) break ;; esac
  # It has ended, and systemd has not seen it yet.
  if [ "$pid" = 0 ] || [ "$main" != "$pid" ]; then exit 0; fi
  rounds=$((rounds + 1))
  if [ "$rounds" -ge 20 ]; then break; fi
  sleep 0.2
done
if [ -z "$active" ]; then
  echo "systemd does not answer: $shown" >&2
  exit 70
fi
# Its start is already asked for.
if [ -n "$job" ]; then exit 0; fi
start_units "$unit"
exit 0
