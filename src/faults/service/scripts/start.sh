# Starts a unit again, and those that stopped with it.
start_units "$@"
exit 0
