# Asks for a name again and again: `@ask`, what the program says, `@end CODE`, and `@done`. With a server or a type by
# dig, else by getent, which asks as programs of this host do; it does not say why there is no address, so dig then asks
# the servers of this host, where it is: again what it says, and `@end CODE`. `check`: only whether it could.
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
# The search list counts, as for getent. Where there is no A, an AAAA might have been.
ask_why() {
  command -v dig >/dev/null 2>&1 || return
  for one in A AAAA; do
    said=$(dig -u +search +tries=1 "+time=$timeout_s" -t "$one" -q "$name" 2>&1)
    code=$?
    printf '%s\n' "$said" "@end $code"
    case $said in *'status: NOERROR,'*'ANSWER: 0,'*) ;; *) break ;; esac
  done
}
while :; do
  echo '@ask'
  ask 2>&1
  code=$?
  echo "@end $code"
  [ "$program $code" = 'getent 2' ] && ask_why
  echo '@done'
  sleep "$every_s"
done
