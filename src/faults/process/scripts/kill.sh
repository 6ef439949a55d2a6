# Sends a signal to a process, or to a tree: first to the process itself, which would start the others again.
id=$1 pid=$2 start=$3 signal=$4 children=$5
find_record "$id"
may_act || exit "$REFUSED"
is "$pid" "$start" || exit "$GONE"
below=
if [ "$children" = yes ]; then below=$(tree "$pid" | grep -v "^$pid "); fi
up_s >"$record/sent" || exit 74
if ! kill -s "$signal" "$pid"; then
  is "$pid" "$start" && exit "$FORBIDDEN"
fi
while read -r one since _; do
  if [ -n "$one" ] && is "$one" "$since"; then kill -s "$signal" "$one"; fi
done <<EOF
$below
EOF
exit 0
