# Starts a service by the user's command, where the one under status does not say that it runs.
start=$1 status=$2
status_of "$status"
if [ "$runs" = yes ]; then exit 0; fi
must start "$start"
exit 0
