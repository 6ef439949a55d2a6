# Sends a signal to the processes of a unit.
unit=$1 signal=$2 whom=$3 pid=$4 start=$5
is "$pid" "$start" || exit 66
up_s >"$record/sent" || exit 74
# In short, which both the old and the new name of the option begin with.
systemctl kill --kill-who="$whom" -s "$signal" -- "$unit" >&2 || exit 70
exit 0
