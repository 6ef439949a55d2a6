# Whether a service is stopped (effect; of a restart: was seen stopped), and whether it runs (recovered).
status=$1 verb=$2
if [ "$mode$verb" = effectrestart ]; then
  if [ -n "$record" ] && [ -f "$record/stopped" ]; then
    echo "yes between stop and start the command under status ended with $(cat "$record/stopped")"
  else
    echo 'no the command under status did not see it stopped'
  fi
  exit 0
fi
status_of "$status"
answer=$runs
if [ "$mode" = effect ]; then
  case $runs in yes) answer=no ;; no) answer=yes ;; esac
fi
echo "$answer the command under status ended with exit code $code${said:+ and said: $said}"
