# The user's own command; its words are for people who see it fail.
AFTERSHOCK_ID=$id
export AFTERSHOCK_ID
umask 022
sh -c "$1" sh >&2
code=$?
if [ "$code" -ne 0 ]; then
  echo "the command under inject ended with exit code $code" >&2
  exit 70
fi
