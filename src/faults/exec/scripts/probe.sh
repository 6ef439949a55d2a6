# The user's own look: 0 says that the fault is there, 1 that it is not.
AFTERSHOCK_ID=$id
export AFTERSHOCK_ID
said=$(sh -c "$1" sh 2>&1)
code=$?
said=$(printf '%s' "$said" | tr '\n' ' ' | cut -c 1-200)
case $mode$code in
  effect0 | recovered1) answer=yes ;;
  effect1 | recovered0) answer=no ;;
  *) answer=unsure ;;
esac
echo "$answer the command under probe ended with exit code $code${said:+ and said: $said}"
