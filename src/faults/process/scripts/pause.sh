# Stops a process, or a tree, and notes each before it is stopped.
pid=$1 start=$2 children=$3
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
  done <<EOT
$more
EOT
done
exit 0
