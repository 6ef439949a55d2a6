# Looks at what went through our netem. $1: what it does, in words; $2: how that is seen: `dropped`, or the least time of a
# ping to and fro in microseconds; $3, $4, $5: pings of an attempt, the bytes of each, the seconds that an answer is waited
# for; $6: how many words of attempts follow; then the attempts, then the interfaces in threes.
what=$1 seen_by=$2 pings=$3 bytes=$4 patience=$5 words=$6
shift 6
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
number=0
for word; do
  if [ $((number % 3)) = 0 ]; then devices="$devices $word"; fi
  number=$((number + 1))
done

# Makes the next attempt; fails where none is left.
next() {
  # shellcheck disable=SC2086
  set -- $attempts
  [ $# -ge 3 ] || return 1
  attempt "$1" "$2" "$3"
  shift 3
  attempts=$*
}

enough() {
  case $seen_by in
    dropped) [ "$dropped" != 0 ] ;;
    *) [ -n "$rtt" ] ;;
  esac
}

# micros MILLISECONDS: `0.045` is 45.
micros() {
  case $1 in *.*) rest=${1#*.}000 ;; *) rest=000 ;; esac
  rest=1${rest%"${rest#???}"}
  echo $((${1%%.*} * 1000 + rest - 1000))
}

# millis MICROSECONDS: the other way round.
millis() {
  part=$((1000 + $1 % 1000))
  echo "$(($1 / 1000)).${part#1} ms"
}

while ! enough && next; do count_all "$@"; done
went="$what: $sent packets went through netem and $dropped were dropped"
if [ "$by_itself" = 00 ] && [ -n "$tried" ]; then alone=" (no traffic came by itself; we tried: $tried)"; else alone=; fi
if [ "$sent$dropped" = 00 ]; then
  echo "unsure $what: nothing came by yet${tried:+, though we tried: $tried}"
elif [ "$seen_by" = dropped ]; then
  if [ "$dropped" != 0 ]; then
    echo "yes $went$alone"
  else
    echo "unsure $what: $sent packets went through netem and none was dropped yet$alone"
  fi
elif [ -z "$rtt" ]; then
  case $tried in ping*) alone=", as nothing answered: $tried" ;; esac
  echo "yes $went; the time to and fro was not measured$alone"
elif [ "$(micros "$rtt")" -ge "$seen_by" ]; then
  echo "yes $went, ping ${tried#ping }: $rtt ms to and fro, and at least $(millis "$seen_by") was to be seen$alone"
else
  echo "no $what: $sent packets went through netem, but ping ${tried#ping }: $rtt ms to and fro, less than $(millis "$seen_by")"
fi
