# Starts the worker that fills the memory and gives it back.
code=$1
shift
[ -n "$record" ] || exit 65
memory
echo "$available" >"$record/before" || exit 74
mkfifo "$record/pipe" 2>/dev/null || [ -p "$record/pipe" ] || exit 74
leave_session $$
spawn_worker sh -c "$code" "$mark" "$record" "$deadline" "$@"
exit 0
