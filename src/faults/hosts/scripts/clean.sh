# Takes the record `$1` of an injection that is undone off this host, with what the host has only for it. `$2` is `alone`
# where no run asks for it: the watchdog does.
record=$1 by=${2-}
id=${record##*/}
if [ "$uid" = 0 ]; then forget_for_boot || exit 74; fi
case $record in "$disk"/*) exit 0 ;; esac
place=${record%/*}
rm -rf -- "$record" || exit 74
# The lock of a run that is dead: nobody has renewed it for half of its time, and this was its last.
if [ "$by" = alone ] && [ -f "$place/lock" ]; then
  read -r locked_boot renewed lasts _ _ holder <"$place/lock"
  case $renewed$lasts in *[!0-9]*) exit 0 ;; esac
  case $id in
    "$holder".*)
      if [ "$locked_boot" != "$boot" ] || [ $(((renewed + lasts - $(up_s)) * 2)) -le "$lasts" ]; then
        set +f
        set -- "$place"/*/injection.json
        set -f
        [ -f "$1" ] || rm -f "$place/lock" "$place/lock.new"
      fi
      ;;
  esac
fi
rmdir "$place" 2>/dev/null
exit 0
