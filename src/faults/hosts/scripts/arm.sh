# Puts an injection's record, its scripts and its watchdog on this host, and shows the record as it is there then.
# What a reboot does not undo by itself is also kept on the disk, with a unit that undoes it at boot.
id=$1 lease=$2 lasts_s=$3 lasting=$4
choose_place
record=$place/$id
mkdir -p "$record" || exit 74
put() { printf '%s\n' "$2" >"$record/$1" || exit 74; }
put inject "$5"
put undo "$6"
put probe "$7"
put watchdog "$8"
put clean "$9"
now=$(up_s)
put deadline "$((now + lasts_s))"
put lease "$lease"
# Its lease begins once it is armed; what is never armed ends a little later.
put renewed "$((now + 20))"
dd of="$record/injection.json.new" conv=fsync 2>/dev/null || exit 74
mv "$record/injection.json.new" "$record/injection.json" || exit 74
if [ "$lasting" = yes ]; then keep_for_boot "${10}" "${11}"; fi
start_watchdog
put renewed.new "$(up_s)"
mv "$record/renewed.new" "$record/renewed" && : >"$record/armed" || exit 74
cat "$record/injection.json"
