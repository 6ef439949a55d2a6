# Starts a worker for each core; those of a list stay on theirs.
code=$1 share=$2 ramp=$3 count=$4 list=$5
[ -n "$record" ] || exit 65
clock
echo "$hundredths" >"$record/began" || exit 74
leave_session $$
while [ "$count" -gt 0 ]; do
  count=$((count - 1))
  core=${list%% *}
  list=${list#"$core"}
  list=${list# }
  if [ -n "$core" ]; then
    spawn_worker taskset -c "$core" sh -c "$code" "$mark" "$record" "$deadline" "$share" "$ramp"
  else
    spawn_worker sh -c "$code" "$mark" "$record" "$deadline" "$share" "$ramp"
  fi
done
exit 0
