#!/bin/sh
# aftershock: a script on a host
# Run at boot: undoes what is still kept on the disk, each again until it succeeds. 1 asks systemd to start it again.
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin
# An undo that hangs must not keep the others.
limit=
if timeout -s KILL 60 true 2>/dev/null; then limit='timeout -s KILL 60'; fi
left=0
for kept in /var/lib/aftershock/*/; do
  kept=${kept%/}
  # Written last: what has none was never armed.
  if ! [ -f "$kept/injection.json" ]; then
    rm -rf -- "$kept"
    continue
  fi
  AFTERSHOCK_RECORD=$kept
  export AFTERSHOCK_RECORD
  if $limit sh "$kept/undo" </dev/null; then
    case $($limit sh "$kept/probe" recovered </dev/null) in
      yes*) sh "$kept/clean" "$kept" alone && continue ;;
    esac
  fi
  left=1
done
exit "$left"
