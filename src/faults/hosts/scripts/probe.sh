# Looks at an injection in one of two modes: `effect` or `recovered`.
id=$1 mode=$2 given=$3
find_record "$id"
if [ -n "$record" ]; then export AFTERSHOCK_RECORD="$record"; fi
sh -c "$given" sh "$mode" </dev/null
