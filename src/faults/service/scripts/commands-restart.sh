# Stops a service and starts it, and notes that the command under status saw it stopped.
start=$1 stop=$2 status=$3
must stop "$stop"
status_of "$status"
if [ "$runs" = no ]; then echo "exit code $code" >"$record/stopped" || exit 74; fi
must start "$start"
exit 0
