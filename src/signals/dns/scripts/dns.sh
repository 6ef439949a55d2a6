# Asks for a name again and again: `@ask`, what the program says, `@done CODE`. With a server or a type by dig, else by
# getent, which asks as programs of this host do. `check`: only whether it could.
every_s=$1 timeout_s=$2 name=$3 type=$4 server=$5 port=$6 what=$7

if [ -n "$server$type" ]; then program=dig; else program=getent; fi
command -v "$program" >/dev/null 2>&1 || {
  echo "there is no $program" >&2
  exit 127
}
[ "$what" = check ] && exit 0
ask() {
  if [ "$program" = getent ]; then
    if command -v timeout >/dev/null 2>&1; then
      timeout "$timeout_s" getent ahosts "$name"
    else
      getent ahosts "$name"
    fi
  elif [ -n "$server" ]; then
    dig -u +tries=1 "+time=$timeout_s" -p "$port" "@$server" -t "${type:-A}" -q "$name"
  else
    dig -u +tries=1 "+time=$timeout_s" -t "$type" -q "$name"
  fi
}
while :; do
  echo '@ask'
  ask 2>&1
  echo "@done $?"
  sleep "$every_s"
done
