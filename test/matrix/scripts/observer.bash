# observer: of a drill
# Writes down when the records of injections come and go, by the host's uptime. It starts no process: it watches while
# none can be started, and no one ends it for its memory.
records=$1 disk=$2 log=$3
{ echo -1000 >/proc/self/oom_score_adj; } 2>/dev/null
trap '' HUP INT TERM
shopt -s nullglob
exec 9<> <(:) >"$log" 2>/dev/null </dev/null
echo "pid $$"
seen='' renewed=''
while :; do
  read -r up _ </proc/uptime
  files=("$records"/*/injection.json "$disk"/*/injection.json)
  if ((${#files[@]} > 0)); then
    [ -n "$seen" ] || echo "seen $up"
    seen=yes
    for file in "$records"/*/renewed; do
      now=''
      read -r now <"$file" || continue
      if [ "$now" != "$renewed" ]; then renewed=$now && echo "renewed $up"; fi
    done
  elif [ -n "$seen" ]; then
    echo "gone $up"
    seen=''
  fi
  read -r -t 0.1 -u 9
done
