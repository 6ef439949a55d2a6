# `pings` packets at most by `ping`, and `rtt`, the time of its answer in ms.
# attempt PROTOCOL ADDRESS PORT: some traffic of our own to a peer, where none comes by itself. Sets `tried`.
tried=
pings=1
rtt=
attempt() {
  if [ "$2" = anybody ]; then
    anybody
    set -- "$1" "$somebody" "$3"
  fi
  case $1 in
    icmp)
      tried="ping $2"
      said=$(ping -n -c "$pings" -i 0.2 -W 1 "$2" 2>&1)
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
  if [ -z "$somebody" ]; then
    somebody=$(ip -o -4 neigh show 2>/dev/null | cut -d' ' -f1 | head -n 1)
  fi
  somebody=${somebody:-192.0.2.1}
}
