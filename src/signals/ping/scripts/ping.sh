# Sends an echo request to `to` each `every_s` seconds for good, and says what becomes of each; `check`: only whether it could.
every_s=$1 to=$2 what=$3
command -v ping >/dev/null 2>&1 || {
  echo 'there is no ping' >&2
  exit 127
}
# Another ping does not say which request went unanswered.
if ! ping -V 2>/dev/null | grep -q iputils; then
  echo 'this ping is not that of iputils' >&2
  exit 127
fi
[ "$what" = check ] && exit 0
while :; do
  echo '@begin'
  ping -D -n -O -i "$every_s" -- "$to" 2>&1
  code=$?
  # 1 and 2: no way to the address, or no address; anything else is the end of ping.
  if [ "$code" != 1 ] && [ "$code" != 2 ]; then
    echo "ping ended with exit code $code" >&2
    exit 70
  fi
  sleep "$every_s"
done
