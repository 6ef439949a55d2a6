# Ends the watchdog of an injection that is undone, and takes its record away.
id=$1
find_record "$id"
if [ -z "$record" ]; then
  # After a reboot only the disk still knows of it.
  if [ "$uid" = 0 ]; then forget_for_boot || exit 74; fi
  exit 0
fi
end_watchdog
sh "$record/clean" "$record"
