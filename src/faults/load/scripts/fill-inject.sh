# Makes the file, and starts the worker that fills it.
path=$1 kind=$2 value=$3 code=$4
[ -n "$record" ] || exit 65
cd -P -- "$path" || exit 67
space . || exit 67
case $kind in
  percent) amount=$((value * (used + free) / 10000 - used)) ;;
  reserve) amount=$((free - value)) ;;
  *) amount=$value ;;
esac
if [ "$amount" -le 0 ]; then
  echo "of $((total / 1024)) MiB only $((free / 1024)) MiB are free already" >&2
  exit 67
fi
# Never through what is there already, which need not be ours.
set -C
exec 3>"./.aftershock-$tag.fill"
set +C
leave_session $$
spawn_worker sh -c "$code" "$mark" "$record" "$deadline" "$amount"
exit 0
