# Injects, only while the undo is armed and watched, in a session of its own that an undo can end.
id=$1
find_record "$id"
[ -n "$record" ] && [ -e "$record/armed" ] && watched || exit 65
export AFTERSHOCK_RECORD="$record"
# Whoever undoes it meanwhile takes the file away with the record.
late_undo=$(cat "$record/undo") || exit 74
# shellcheck disable=SC2016
setsid sh -c '
  read -r stat </proc/self/stat
  set -f
  set -- "$1" ${stat##*) }
  echo "$$ ${21}" >"$1/injecting.new" && mv "$1/injecting.new" "$1/injecting" || exit 74
  # Whoever undoes takes `armed` away first and then looks for us: one of both is seen.
  [ -e "$1/armed" ] || exit 65
  exec sh "$1/inject"
' sh "$record" </dev/null
code=$?
rm -f "$record/injecting"
if [ -e "$record/armed" ]; then exit "$code"; fi
# An undo that came in between did not see what was made after it.
sh -c "$late_undo" sh </dev/null
exit 65
