# Stops a service by the user's command.
must stop "$1"
exit 0
