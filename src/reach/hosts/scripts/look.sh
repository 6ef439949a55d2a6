# What runs, as raw text that is taken apart elsewhere. `stat` is cheap; the rest is looked at where it can have changed.
what=$1 every_s=$2

quick() {
  echo '@uptime'
  cat /proc/uptime
  echo '@stat'
  # The file's name before each line: a process may have a name of several lines.
  set +f
  grep -as '' /proc/[0-9]*/stat /dev/null
  set -f
}

whole() {
  set +f
  echo '@exe'
  ls -ldq /proc/[0-9]*/exe 2>/dev/null
  echo '@command'
  grep -as '' /proc/[0-9]*/cmdline /dev/null | tr '\000' ' '
  if [ "$what" = port ]; then
    echo '@tcp'
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null
    echo '@fd'
    # shellcheck disable=SC2010
    ls -lq /proc/[0-9]*/fd 2>/dev/null | grep -e '^/proc/[0-9]*/fd:$' -e ' -> socket:'
  fi
  set -f
}

if ! [ -r /proc/self/stat ]; then
  echo 'there is no /proc: only Linux is known' >&2
  exit 69
fi
echo '@self'
echo "$$"
cat /proc/sys/kernel/random/boot_id
echo '@units'
getconf CLK_TCK
getconf PAGESIZE
looks=0 before=
while :; do
  set +f
  set -- /proc/[0-9]*
  set -f
  quick
  # A process can become another program (exec) or begin to listen without a new number.
  if [ "$*" != "$before" ] || [ $((looks % 5)) -eq 0 ]; then whole; fi
  before=$*
  looks=$((looks + 1))
  echo '@end'
  [ "$every_s" = 0 ] && exit 0
  sleep "$every_s"
done
