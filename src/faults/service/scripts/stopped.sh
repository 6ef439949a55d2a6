# Whether a unit is stopped (effect), or runs and is enabled as before, with those that stopped with it (recovered).
unit=$1 was_enabled=$2 was_main=$3
if ! read_unit "$unit"; then
  echo "unsure systemd does not answer: $shown" | tr '\n' ' '
  exit 0
fi
if [ "$mode" = effect ]; then
  case $active in
    inactive | failed) echo "yes $unit is $active ($sub), was active with main pid $was_main" ;;
    *) echo "no $unit is $active ($sub)" ;;
  esac
  exit 0
fi
if ! is_up; then
  echo "no $unit is $active ($sub)${job:+, with a job}"
  exit 0
fi
if [ "$enabled" != "$was_enabled" ]; then
  echo "no $unit runs, but its unit file is ${enabled:-nothing}, was ${was_enabled:-nothing}"
  exit 0
fi
says="$unit is $active ($sub) with main pid $main, and its unit file is ${enabled:-nothing} as before"
shift 3
for one; do
  if ! read_unit "$one" || ! is_up; then
    echo "no $one, which stopped with it, is ${active:-unknown} ($sub)"
    exit 0
  fi
done
echo "yes $says"
