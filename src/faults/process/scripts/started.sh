# What was done to a process: "unsent" where our signal was not sent, then "pid start" of what we started in its place.
find_record "$1"
[ -n "$record" ] || exit 0
if [ -f "$record/injection.json" ] && ! [ -f "$record/sent" ]; then echo unsent; fi
if [ -f "$record/started" ]; then cat "$record/started"; fi
exit 0
