# What runs left on this host: each place's lock, then the records of its injections.
now=$(up_s)
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
    [ -f "$file" ] || continue
    echo "@record $file"
    cat "$file"
    echo
  done
  set -f
done <<EOF
$(places)
EOF
exit 0
