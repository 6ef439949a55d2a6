# What runs left on this host: each place's lock, then the records of its injections; last those that only the disk has.
now=$(up_s)
show() {
  echo "@record $1"
  cat "$1"
  echo
}
while IFS= read -r place; do
  private "$place" || continue
  if [ -f "$place/lock" ]; then
    read -r locked_boot renewed lasts by by_start holder <"$place/lock"
    case $renewed$lasts in *[!0-9]*) locked_boot='' ;; esac
    if [ "$locked_boot" = "$boot" ] && { [ "$by" = 0 ] || is "$by" "$by_start"; }; then
      echo "@lock $((now - renewed)) $((renewed + lasts - now)) $holder"
    fi
  fi
  set +f
  for file in "$place"/*/injection.json; do
    if [ -f "$file" ]; then show "$file"; fi
  done
  set -f
done <<EOT
$(places)
EOT
[ "$uid" = 0 ] && [ "${AFTERSHOCK_KIND-}" != netns ] || exit 0
set +f
for file in /var/lib/aftershock/*/injection.json; do
  [ -f "$file" ] || continue
  id=${file%/*}
  find_record "${id##*/}"
  if [ -z "$record" ]; then show "$file"; fi
done
exit 0
