#!/bin/sh
# aftershock: a script on a host
# The watchdog of one injection: undoes it at min(deadline, last renewal + lease), again until that succeeds.
# It reads with the shell's own means, so that a machine which can start no process yet is only a reason to try again.
set -uf
LC_ALL=C
export LC_ALL
PATH=${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin
umask 077
record=$1
cd / || exit 1
# Run as our exit where a process could not be started: `exec` needs no new one. Without a script there is no record.
trap '[ -f "$0" ] || { trap - EXIT; exit 3; }; exec sh "$0" "$record"' EXIT
# Whoever takes the record away first means it; any other end is one after which systemd starts us again.
trap 'trap - EXIT; [ -e "$record/injection.json" ] || exit 3; exit 143' TERM
trap '' HUP INT
# Not to be the first that a machine without memory ends; only root may say so.
{ echo -1000 >/proc/self/oom_score_adj; } 2>/dev/null

# 3 says to systemd that this end is meant.
finish() {
  trap - EXIT
  exit 3
}

# A moment without a new process: this may be one more begin of many, while none can be started.
spun=0
while [ "$spun" -lt 10000 ]; do spun=$((spun + 1)); done

now() {
  read -r up _ </proc/uptime
  up=${up%.*}
}

# Sets `due`; what cannot be read is due.
when() {
  due=0 renewed=0 lease=0 deadline=0
  { read -r renewed <"$record/renewed" && read -r lease <"$record/lease" && read -r deadline <"$record/deadline"; } 2>/dev/null || return 0
  due=$((renewed + lease))
  if [ "$deadline" -lt "$due" ]; then due=$deadline; fi
}

# A process by number and start time, read without starting one.
is_still() {
  stat_text=
  # The last line: the name may hold anything, line ends too.
  { while IFS= read -r stat_line; do stat_text=$stat_line; done <"/proc/$1/stat"; } 2>/dev/null
  # shellcheck disable=SC2086
  set -- "$2" ${stat_text##*) }
  [ "${21-}" = "$1" ] && [ "$2" != Z ] && [ "$2" != X ]
}

# An act that is still at work would break again what is undone.
end_act() {
  { read -r act act_start <"$record/injecting"; } 2>/dev/null || return 0
  is_still "$act" "$act_start" || return 0
  kill -s KILL -- "-$act" 2>/dev/null
  # What one of its programs has begun in the kernel ends before its process does.
  rounds=0
  while kill -s 0 -- "-$act" 2>/dev/null && [ "$rounds" -lt 20 ]; do
    rounds=$((rounds + 1))
    sleep 0.1
  done
}

read -r self_stat </proc/self/stat
# shellcheck disable=SC2086
set -- ${self_stat##*) }
{ echo "$$ ${20}" >"$record/watching.new" && mv "$record/watching.new" "$record/watching"; } 2>/dev/null

while [ -e "$record/injection.json" ]; do
  now
  when
  left=$((due - up))
  if [ "$left" -le 0 ]; then break; fi
  # A machine that slept counts its uptime on, and `sleep` does not.
  if [ "$left" -gt 5 ]; then left=5; fi
  sleep "$left"
done
[ -e "$record/injection.json" ] || finish

mv "$record/armed" "$record/undoing" 2>/dev/null
end_act
export AFTERSHOCK_RECORD="$record"
# An undo that hangs is ended, and tried again with more time. An old BusyBox has the seconds in another place.
limit_s=30
bound() {
  if timeout -s KILL "$limit_s" true; then
    limit="timeout -s KILL $limit_s"
  elif timeout -t "$limit_s" -s KILL true; then
    limit="timeout -t $limit_s -s KILL"
  else
    limit=
  fi 2>/dev/null
}
tries=0
while [ -e "$record/injection.json" ]; do
  # Somebody else's undo may be at work; one that hangs does not keep us.
  if { exec 9<"$record"; } 2>/dev/null; then
    rounds=0
    until flock -n 9 2>/dev/null || [ "$rounds" -ge 20 ]; do
      rounds=$((rounds + 1))
      sleep 0.5
    done
  fi
  bound
  if $limit sh "$record/undo" </dev/null >/dev/null 2>&1 9<&-; then
    case $($limit sh "$record/probe" recovered </dev/null 2>/dev/null 9<&-) in
      yes*)
        sh "$record/clean" "$record" alone </dev/null >/dev/null 2>&1 9<&- && finish
        ;;
    esac
  elif [ $? -ge 124 ] && [ "$limit_s" -lt 600 ]; then
    limit_s=$((limit_s * 2))
  fi
  { exec 9<&-; } 2>/dev/null
  tries=$((tries + 1))
  # What is not proven after a few minutes is rather looked at by somebody; we go on.
  if [ "$tries" -lt 5 ]; then sleep 1; elif [ "$tries" -lt 40 ]; then sleep 5; else sleep 60; fi
done
finish
