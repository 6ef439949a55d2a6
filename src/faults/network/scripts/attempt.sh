# attempt PROTOCOL ADDRESS PORT: some traffic of our own to a peer, where it goes by one of `devices` (any, where that is
# empty). Sets `tried`, and `rtt`, the time of the last answer to a ping in ms.
tried=
rtt=
devices=
# Of a ping: packets, bytes in each, and seconds that an answer is waited for.
pings=1
bytes=56
patience=1
attempt() {
  rtt=
  if [ "$2" = anybody ]; then
    anybody || return 0
    set -- "$1" "$somebody" "$3"
  fi
  goes_by_ours "$2" || return 0
  case $1 in
    icmp)
      tried="ping $2"
      said=$(ping -n -c "$pings" -i 0.01 -s "$bytes" -W "$patience" "$2" 2>&1)
      case $said in *time=*) rtt=${said##*time=} rtt=${rtt%%[!0-9.]*} ;; esac
      ;;
    tcp)
      tried="connect to $2 port $3"
      # shellcheck disable=SC2016
      if command -v bash >/dev/null; then
        timeout 2 bash -c ': >"/dev/tcp/$1/$2"' bash "$2" "$3"
      else
        timeout 2 nc "$2" "$3" </dev/null
      fi >/dev/null 2>&1
      ;;
  esac
}

# Sets `somebody`: where we come from, or who was met on a wire, or else an address for examples (RFC 5737).
anybody() {
  somebody=${AFTERSHOCK_PEER-}
  somebody=${somebody%% *}
  for somebody in "${somebody#::ffff:}" $(ip -o -4 neigh show 2>/dev/null | cut -d' ' -f1) 192.0.2.1; do
    case $somebody in '' | *:*) continue ;; esac
    if goes_by_ours "$somebody"; then return 0; fi
  done
  return 1
}

goes_by_ours() {
  [ -n "$devices" ] || return 0
  way=$(ip -o route get "$1" 2>/dev/null)
  for device in $devices; do
    case "$way " in *" dev $device "*) return 0 ;; esac
  done
  return 1
}
