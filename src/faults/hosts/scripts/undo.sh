# Undoes an injection now: by the script that is on the host, or, where that is lost, by the one that is given.
id=$1 given=$2
find_record "$id"
if [ -z "$record" ]; then
  sh -c "$given" sh </dev/null
  exit
fi
mv "$record/armed" "$record/undoing" 2>/dev/null
if [ -f "$record/injecting" ] && read -r act act_start <"$record/injecting" && is "$act" "$act_start"; then
  kill -s KILL -- "-$act" 2>/dev/null
  # What one of its programs has begun in the kernel ends before its process does.
  tries=0
  while kill -s 0 -- "-$act" 2>/dev/null && [ "$tries" -lt 20 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
fi
exec 9<"$record"
lock_fd 9 8 || exit 75
export AFTERSHOCK_RECORD="$record"
if [ -s "$record/undo" ]; then sh "$record/undo" </dev/null 9<&-; else sh -c "$given" sh </dev/null 9<&-; fi
