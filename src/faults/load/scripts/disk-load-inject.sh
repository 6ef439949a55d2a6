# Starts the workers. Each has a file without a name, so that nothing is left of it when its worker is gone.
path=$1 code=$2 size=$3 workers=$4
shift 4
[ -n "$record" ] || exit 65
cd -P -- "$path" || exit 67
number=0
leave_session $$
for pair; do
  count=$workers
  while [ "$count" -gt 0 ]; do
    count=$((count - 1)) number=$((number + 1))
    file=./.aftershock-$tag.load.$number
    # Never through what is there already, which need not be ours.
    set -C
    exec 3>"$file"
    set +C
    rm -f "$file"
    spawn_worker sh -c "$code" "$mark" "$record" "$deadline" "${pair%:*}" "${pair#*:}" "$size"
    exec 3>&-
  done
done
exit 0
