# Writes an injection's record, read from standard input, to the disk, and shows what is there then.
id=$1 pid=$2 start=$3
choose_place
record=$place/$id
mkdir -p "$record" || exit 74
# A process that is started again gets the environment of the one that ended; it never leaves this host.
if [ "$pid" != 0 ] && is "$pid" "$start"; then
  cat "/proc/$pid/environ" >"$record/environ" 2>/dev/null
fi
dd of="$record/injection.json.new" conv=fsync 2>/dev/null || exit 74
mv "$record/injection.json.new" "$record/injection.json" || exit 74
cat "$record/injection.json"
