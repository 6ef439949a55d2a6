# The record of the injection, where it is still there; and when all of it must be over, in seconds of uptime.
record=${AFTERSHOCK_RECORD-}
if [ -z "$record" ]; then find_record "$id"; fi
deadline=0
if [ -n "$record" ] && [ -f "$record/deadline" ]; then read -r deadline <"$record/deadline"; fi
mode=${1-}
