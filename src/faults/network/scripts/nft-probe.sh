# Looks at our table. $1: what is said of what it drops; $2: pings of an attempt; then up to three times PROTOCOL ADDRESS PORT of an attempt.
what=$1 pings=$2
shift 2

# Sets `dropped`, the packets that its rules have dropped; fails where there is no table.
count() {
  rules=$(nft list table inet "aftershock_$tag" 2>/dev/null) || return 1
  dropped=0
  while read -r line; do
    case $line in
      *'counter packets '*' drop')
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
else
  echo "unsure $what: nothing came by yet that could be dropped${tried:+, though we tried: $tried}"
fi
