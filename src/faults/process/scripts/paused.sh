# Whether everything that was pinned or stopped is stopped (effect), or runs again (recovered): by all its threads.
booted=$1 pid=$2
shift 2
if [ "$booted" != "$boot" ]; then
  if [ "$mode" = effect ]; then answer=no; else answer=yes; fi
  echo "$answer the host has been started anew since: nothing is stopped any more"
  exit 0
fi

# Sets `states`: the distinct letters of the threads' states, `gone`, or `unknown`.
states_of() {
  states=gone
  is "$1" "$2" || return 0
  set +f
  states=$(cat "/proc/$1/task/"[0-9]*/stat 2>/dev/null | sed -n 's/^.*) \([A-Za-z]\) [-0-9 ]*$/\1/p' | sort -u | tr -d '\n')
  set -f
  [ -n "$states" ] && return 0
  states=gone
  if is "$1" "$2"; then states=unknown; fi
}

pinned=$(
  while [ $# -ge 2 ]; do
    echo "$1 $2"
    shift 2
  done
  if [ -n "$record" ] && [ -f "$record/paused" ]; then cat "$record/paused"; fi
)
seen='' stopped='' moving='' unknown='' running='' ended='' first=''
while read -r one since; do
  case " $seen " in *" $one/$since "*) continue ;; esac
  seen="$seen $one/$since"
  states_of "$one" "$since"
  if [ "$one" = "$pid" ]; then first=$states; fi
  case $states in
    gone) ended="$ended${ended:+, }$one" ;;
    unknown) unknown=$one ;;
    *)
      running="$running${running:+, }$one"
      letter=$states
      case $states in *T*) stopped="$one is still stopped (threads in state $states)" ;; esac
      if [ "$states" != T ]; then moving="$one has threads in state $states"; fi
      ;;
  esac
done <<EOT
$pinned
EOT

if [ -n "$unknown" ] || [ -z "$first" ]; then
  one=${unknown:-$pid}
  echo "unsure the state of pid $one cannot be read: look at /proc/$one/task/*/stat; if it is T, kill -CONT $one"
elif [ "$mode" = effect ]; then
  if [ "$first" = gone ]; then
    echo "no pid $pid has ended"
  elif [ -n "$moving" ]; then
    echo "no pid $moving"
  else
    echo "yes all threads of pid $running are stopped (state T in /proc/PID/task/*/stat)"
  fi
elif [ -n "$stopped" ]; then
  echo "no pid $stopped"
else
  again=${running:+pid $running runs again, the same process (state $letter)}
  gone=${ended:+pid $ended ended meanwhile, and not by us}
  echo "yes $again${again:+${gone:+; }}$gone"
fi
