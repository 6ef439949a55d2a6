# Whether a process has ended (effect), and whether something else runs in its place (recovered).
booted=$1 pid=$2 start=$3 by=$4 wanted=$5 before=$6 what=$7 back=$8 who=$9
shift 9
# The selection was a number, which matches no successor.
by_number=$1 alike=$2

say() {
  printf '%s ' "$@" | tr '\n' ' '
  echo
  exit 0
}

if [ "$booted" != "$boot" ]; then say yes 'the host has been started anew since: what runs there is what its boot starts'; fi
if [ "$mode" = effect ]; then
  if is "$pid" "$start"; then say no "pid $pid still runs"; fi
  say yes "pid $pid has ended"
fi
if is "$pid" "$start"; then say yes "pid $pid still runs: it has not ended by our signal"; fi
# shellcheck disable=SC2016
if [ "$back" = nobody ]; then say yes 'nothing starts it again, as `limits.allow` permits'; fi
if [ -n "$record" ] && [ -f "$record/injection.json" ] && ! [ -f "$record/sent" ]; then
  say yes "pid $pid ended by itself, before our signal"
fi

started=0 runs=no
if [ "$back" = command ] && { [ -z "$record" ] || ! [ -f "$record/started" ]; }; then
  # Not noted: the disk is full, or its record is gone, as after the host itself has undone it.
  one=$(marked)
  if [ -n "$one" ]; then say yes "pid $one, which we started, runs"; fi
  if [ -z "$record" ] || ! [ -f "$record/injection.json" ]; then
    if [ -n "$alike" ]; then by=command wanted=$alike; fi
    one=$(newcomers "$by" "$wanted" 0 "$before" | head -n 1 | cut -d' ' -f1)
    if [ -n "$one" ]; then say yes "pid $one $what runs"; fi
  fi
  say no 'nothing has been started in its place yet'
fi
if [ "$back" = command ]; then
  read -r started since <"$record/started"
  if is "$started" "$since"; then runs=yes; fi
  if [ "$runs$by_number" = yesyes ]; then say yes "pid $started, which we started, runs"; fi
fi
fresh=$(newcomers "$by" "$wanted" "$started" "$before")
mine='' other=''
while read -r one _ belongs; do
  if [ "$belongs" = mine ]; then mine=$one; else other=$one; fi
done <<EOT
$fresh
EOT

if [ "$back" = command ]; then
  if [ -n "$mine" ]; then say yes "pid $mine $what runs, started by us as pid $started"; fi
  if [ "$runs" = yes ]; then say no "pid $started, which we started, runs, but is no process $what yet"; fi
  if [ -n "$other" ]; then say yes "pid $other $what runs; what we started (pid $started) has ended"; fi
  say no "pid $started, which we started, has ended, and no process $what runs"
fi
if [ -z "$other" ]; then say no "$who has not started a process $what yet"; fi
all=$(matching "$by" "$wanted" 0 | grep -c '')
wanted_all=$(printf '%s\n' "$before" | wc -w)
if [ "$by_number" = yes ] || [ "$all" -ge "$wanted_all" ]; then say yes "pid $other $what runs instead"; fi
say no "$all of $((wanted_all)) processes $what run again"
