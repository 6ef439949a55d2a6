# The lock of this host: taken, renewed and given back under a lock of the kernel, so that two takers are told apart.
verb=$1 run=$2 lease_s=$3 local=$4

# What is given back is looked for, and no folder is made for it.
if [ "$verb" = give ]; then
  find_in_places lock
  [ -n "$found_in" ] || exit 0
  place=${found_in%/lock}
else
  choose_place
fi
# A folder that was removed just now, with its last record, may be another one already: only a lock on that one counts.
rounds=0
# shellcheck disable=SC3013
until { command exec 9<"$place"; } 2>/dev/null && { lock_fd 9 5 || exit 75; } && [ "$place" -ef /proc/self/fd/9 ]; do
  rounds=$((rounds + 1))
  [ "$rounds" -lt 10 ] || exit 75
  [ "$verb" != give ] || exit 0
  choose_place
done
now=$(up_s)
locked_boot='' renewed=0 lasts=0 by=0 by_start=0 holder=''
if [ -f "$place/lock" ]; then
  read -r locked_boot renewed lasts by by_start holder <"$place/lock"
fi
case $renewed$lasts in *[!0-9]*) holder='' ;; esac
left=0
if [ -n "$holder" ] && [ "$locked_boot" = "$boot" ]; then
  left=$((renewed + lasts - now))
fi

# On our own machine the lock also says which process keeps it: one that is gone keeps nothing.
keep() {
  by=0 by_start=0
  if [ "$local" = yes ] && found=$(stat_of "$PPID"); then by=$PPID by_start=${found#* }; fi
  printf '%s %s %s %s %s %s\n' "$boot" "$now" "$lease_s" "$by" "$by_start" "$run" >"$place/lock.new" &&
    mv "$place/lock.new" "$place/lock" || exit 74
  echo ours
}

told() {
  if [ -z "$holder" ]; then echo free; else echo "held $((now - renewed)) $left $lasts $holder"; fi
}

case $verb in
  take) if [ "$left" -le 0 ] || [ "$holder" = "$run" ]; then keep; else told; fi ;;
  renew) if [ "$holder" = "$run" ]; then keep; else told; fi ;;
  # With what a renewal that was cut off may have left.
  give)
    if [ "$holder" = "$run" ]; then rm -f "$place/lock" "$place/lock.new"; fi
    # The folders that we made, once nothing is in them.
    if [ -n "$of_netns" ]; then rmdir "$place" "${place%/*}" 2>/dev/null; fi
    if [ -z "${AFTERSHOCK_RUN_DIR-}" ]; then rmdir "$place" 2>/dev/null; fi
    ;;
esac
exit 0
