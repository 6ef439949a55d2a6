# Stops a unit; whether it has stopped is the probe's to say.
systemctl stop --no-block -- "$1" >&2 || exit 70
exit 0
