# Looks at our table. $1: what is said of what it drops; $2: pings of an attempt; then up to three times PROTOCOL ADDRESS PORT of an attempt.
what=$1 pings=$2
shift 2

# Sets `met` and `dropped`, the packets that its rules mean and those of them that they have dropped; fails where there is
# no table. A rule that drops by chance counts before and behind the chance.
count() {
  rules=$(nft list table inet "aftershock_$tag" 2>/dev/null) || return 1
  met=0 dropped=0
  while read -r line; do
    case $line in
      *'counter packets '*' drop')
        first=${line#*counter packets }
        met=$((met + ${first%% *}))
        line=${line##*counter packets }
        dropped=$((dropped + ${line%% *}))
        ;;
    esac
  done <<EOT
$rules
EOT
}

if ! count; then
  names=$(nft list tables 2>&1) || {
    echo "unsure nft does not answer: $names" | tr '\n' ' '
    exit 0
  }
  case $names in *"table inet aftershock_$tag"*)
    echo "unsure the table inet aftershock_$tag is there, and nft does not show it"
    exit 0
    ;;
  esac
  case $mode in
    recovered) echo "yes there is no table inet aftershock_$tag" ;;
    *) echo "no there is no table inet aftershock_$tag: somebody took it away" ;;
  esac
  exit 0
fi
if [ "$mode" = recovered ]; then
  echo "no the table inet aftershock_$tag is there"
  exit 0
fi
while [ "$dropped" = 0 ] && [ $# -ge 3 ]; do
  attempt "$1" "$2" "$3"
  shift 3
  count || break
done
if [ "$dropped" != 0 ]; then
  echo "yes $what: $dropped packets so far, by its counters${tried:+ (no traffic came by itself; we tried: $tried)}"
elif [ "$met" != 0 ]; then
  echo "unsure $what: $met packets came by and none was dropped yet${tried:+ (we tried: $tried)}"
else
  echo "unsure $what: nothing came by yet that could be dropped${tried:+, though we tried: $tried}"
fi
