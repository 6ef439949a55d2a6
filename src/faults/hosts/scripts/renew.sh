# Renews the lease of an injection whose undo nobody has begun, and the watchdog where it was ended.
id=$1
find_record "$id"
[ -n "$record" ] && [ -e "$record/armed" ] || exit 65
up_s >"$record/renewed.new" && mv "$record/renewed.new" "$record/renewed" || exit 74
watched || start_watchdog
# What was begun meanwhile is not undone by a renewal.
[ -e "$record/armed" ] || exit 65
