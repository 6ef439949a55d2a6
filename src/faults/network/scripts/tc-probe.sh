# Looks at what went through our netem. $1: what it does, in words; $2: pings of an attempt; $3: how many words of
# attempts follow; then the attempts, then the interfaces in threes.
what=$1 pings=$2 words=$3
shift 3
attempts=
while [ "$words" -gt 0 ]; do
  attempts="$attempts $1"
  shift
  words=$((words - 1))
done

# Sets `sent` and `dropped` of our netem on a device.
count() {
  here=
  while read -r first second third rest; do
    case $first in
      qdisc) if [ "$second $third" = "netem ae$h:" ]; then here=yes; else here=; fi ;;
      Sent)
        if [ -n "$here" ]; then
          # "BYTES bytes PACKETS pkt (dropped N, …": what was dropped is not among what was sent.
          # shellcheck disable=SC2086
          set -- $rest
          sent=$((sent + $1))
          dropped=$((dropped + ${4%,}))
        fi
        ;;
      backlog)
        if [ -n "$here" ]; then
          sent=$((sent + ${third%p}))
        fi
        ;;
    esac
  done <<EOT
$(tc -s qdisc show dev "$1" 2>/dev/null)
EOT
}

# count_all DEVICE… in threes
count_all() {
  sent=0 dropped=0 there=yes number=0
  while [ $# -ge 3 ]; do
    if [ -n "$2" ] && ! ours_at_root "$1"; then there='' gap=$1; fi
    if [ -n "$3" ] && ! ours_at_ingress "$1" "$number"; then there='' gap=$1; fi
    count "$1"
    if [ -n "$3" ]; then count "$(ifb "$number")"; fi
    number=$((number + 1))
    shift 3
  done
}

if [ "$mode" = recovered ]; then
  number=0
  while [ $# -ge 3 ]; do
    ours_at_root "$1"
    root=$?
    ours_at_ingress "$1" "$number"
    case $root$? in
      *0*) answer=no ;;
      11) if gone "$(ifb "$number")"; then answer=yes; else answer=no; fi ;;
      *) answer=unsure ;;
    esac
    if [ "$answer" != yes ]; then
      echo "$answer what we hung on $1 $([ "$answer" = no ] && echo is still there || echo cannot be seen)"
      exit 0
    fi
    number=$((number + 1))
    shift 3
  done
  echo "yes nothing of ours hangs on the interfaces"
  exit 0
fi

count_all "$@"
if [ -z "$there" ]; then
  echo "no what we hung on $gap is not there: somebody took it away"
  exit 0
fi
by_itself=$sent$dropped
for_each() {
  while [ $# -ge 3 ] && [ -z "$rtt" ]; do
    attempt "$1" "$2" "$3"
    shift 3
  done
}
# shellcheck disable=SC2086
for_each $attempts
count_all "$@"
evidence="$what: $sent packets went through netem and $dropped were dropped${rtt:+, ping ${tried#ping }: $rtt ms}"
if [ "$by_itself" = 00 ] && [ -n "$tried" ]; then evidence="$evidence (no traffic came by itself; we tried: $tried)"; fi
if [ "$sent$dropped" = 00 ]; then
  echo "unsure $what: nothing came by yet${tried:+, though we tried: $tried}"
else
  echo "yes $evidence"
fi
