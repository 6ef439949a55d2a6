# What the buffers hold, by the kernel's account of each; MemAvailable is told beside it.
held_left=''
if [ -n "$record" ] && [ -f "$record/held" ]; then
  while read -r pid start _; do
    if [ -n "$start" ] && is "$pid" "$start"; then held_left="$held_left $pid"; fi
  done <"$record/held"
fi
if [ "$mode" = recovered ]; then
  memory
  if [ -n "$held_left" ]; then echo "no buffers are still held:$held_left"; else told_gone "; $((available / 1024)) MiB are available"; fi
  exit 0
fi
goal=0 sum=0
if [ -n "$held_left" ] && [ -n "$(workers_left)" ]; then
  read -r goal <"$record/held"
  for pid in $held_left; do
    { while read -r key value _; do
      case $key in RssAnon: | VmSwap:) sum=$((sum + value)) ;; esac
    done <"/proc/$pid/status"; } 2>/dev/null
  done
fi
memory
before=$available
if [ -n "$record" ] && [ -f "$record/before" ]; then read -r before <"$record/before"; fi
answer=no
if [ "$sum" -gt 1024 ] && [ "$((sum * 10))" -ge "$((goal * 9))" ]; then answer=yes; fi
echo "$answer workers hold $((sum / 1024)) MiB (asked now: $((goal / 1024)) MiB); MemAvailable went from $((before / 1024)) to $((available / 1024)) MiB of $((total / 1024)) MiB"
