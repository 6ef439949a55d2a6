# Sends a signal to a process, or to a tree: first to the process itself, which would start the others again.
pid=$1 start=$2 signal=$3 children=$4 keep=$5
is "$pid" "$start" || exit "$GONE"
# Who is started again gets the environment, and the control group, of the one that ended; they never leave this host.
if [ "$keep" = yes ]; then
  cat "/proc/$pid/environ" >"$record/environ" 2>/dev/null
  sed -n 's/^0:://p' "/proc/$pid/cgroup" >"$record/cgroup" 2>/dev/null
fi
below=
if [ "$children" = yes ]; then below=$(tree "$pid" | grep -v "^$pid "); fi
up_s >"$record/sent" || exit 74
if ! kill -s "$signal" "$pid"; then
  is "$pid" "$start" && exit "$FORBIDDEN"
fi
while read -r one since _; do
  if [ -n "$one" ] && is "$one" "$since"; then kill -s "$signal" "$one"; fi
done <<EOT
$below
EOT
exit 0
