# Ends the watchdog of an injection that is undone, and takes its record away.
id=$1
find_record "$id"
if [ -z "$record" ]; then
  # After a reboot only the disk still knows of it.
  if [ "$uid" = 0 ]; then forget_for_boot || exit 74; fi
  exit 0
fi
end_watchdog
if [ -f "$record/clean" ]; then
  sh "$record/clean" "$record"
else
  # What an undo made anew of a record that was lost.
  rm -rf -- "$record" || exit 74
  rmdir "${record%/*}" 2>/dev/null
  exit 0
fi
