# Stops a process, or a tree, and notes each before it is stopped.
id=$1 pid=$2 start=$3 children=$4
find_record "$id"
may_act || exit "$REFUSED"
is "$pid" "$start" || exit "$GONE"

stop() {
  printf '%s %s\n' "$1" "$2" >>"$record/paused" || exit 74
  is "$1" "$2" || return 0
  kill -s STOP "$1" || exit "$FORBIDDEN"
}

stop "$pid" "$start"
round=0
# Those who were not stopped yet may have started others meanwhile.
while [ "$children" = yes ] && [ "$round" -lt 10 ]; do
  round=$((round + 1))
  more=$(tree "$pid" | grep -v ' T$')
  [ -n "$more" ] || break
  while read -r one since _; do
    grep -qx "$one $since" "$record/paused" || stop "$one" "$since"
  done <<EOF
$more
EOF
done

# An undo that came in between did not see what was stopped after it.
may_act && exit 0
while read -r one since; do
  if is "$one" "$since"; then kill -s CONT "$one"; fi
done <"$record/paused"
exit "$REFUSED"
