# Starts the watchdog of `record` and waits until it watches.
start_watchdog() {
  rm -f "$record/watching"
  if [ "$uid" = 0 ] && [ -d /run/systemd/system ] && command -v systemd-run >/dev/null; then
    # Once its record is gone there is nothing to start again: 3 is meant.
    # shellcheck disable=SC2016
    systemd-run --quiet --collect --unit="aftershock-$(printf %s "$id" | cksum | cut -d' ' -f1)-$$" --description="aftershock: undoes $id" \
      ${AFTERSHOCK_NETNS:+"--property=NetworkNamespacePath=/run/netns/$AFTERSHOCK_NETNS"} \
      --property=Restart=always --property=RestartSec=500ms --property=StartLimitIntervalSec=0 \
      --property=RestartPreventExitStatus=3 --property=SuccessExitStatus=3 \
      --property=OOMScoreAdjust=-1000 --property=TasksMax=infinity --property=KillMode=process \
      --setenv="AFTERSHOCK_NETNS=${AFTERSHOCK_NETNS-}" --setenv="AFTERSHOCK_KIND=${AFTERSHOCK_KIND-}" \
      /bin/sh -c '[ -f "$1" ] || exit 3; exec /bin/sh "$1" "$2"' sh "$record/watchdog" "$record" </dev/null >&2 || exit 71
  else
    if login_ends_all; then
      echo 'systemd-logind ends there what a login leaves behind (KillUserProcesses=yes), the watchdog too: log in as root, or let the user use sudo without a password' >&2
      exit 71
    fi
    setsid sh "$record/watchdog" "$record" </dev/null >/dev/null 2>&1 9<&- &
  fi
  tries=0
  until watched; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || exit 71
    sleep 0.1
  done
}

# Whether what we start as this user ends with our ssh connection: logind.conf(5).
login_ends_all() {
  [ "${AFTERSHOCK_KIND-}" = ssh ] && [ "$uid" != 0 ] && command -v busctl >/dev/null || return 1
  case $(busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager KillUserProcesses 2>/dev/null) in
    *true*) ;;
    *) return 1 ;;
  esac
}

# Whether the watchdog of `record` lives.
watched() {
  [ -f "$record/watching" ] && read -r dog dog_start <"$record/watching" && is "$dog" "$dog_start"
}

# Ends it, and what it waits with. Without an injection.json systemd does not start it again.
end_watchdog() {
  rm -f "$record/injection.json"
  watched || return 0
  kill -s TERM -- "-$dog" 2>/dev/null
  tries=0
  while is "$dog" "$dog_start"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 30 ]; then kill -s KILL -- "-$dog" 2>/dev/null; fi
    sleep 0.1
  done
}
