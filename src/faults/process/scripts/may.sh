# Whether we may send signals to processes: "pid yes" or "pid no" and their owner; then who we are.
for pid; do
  # The third word of `ls -l` is the owner.
  # shellcheck disable=SC2012
  owner=$(ls -ld "/proc/$pid" 2>/dev/null | awk '{ print $3 }')
  if kill -s 0 "$pid" 2>/dev/null; then echo "$pid yes ${owner:-?}"; else echo "$pid no ${owner:-?}"; fi
done
echo "us - $(id -un 2>/dev/null || id -u)"
