# Follows a file or the journal of a unit for good: `@alive` each second, and each new line as `> …`.
# `check`: only whether it could.
kind=$1 what=$2 how=$3

need() {
  command -v "$1" >/dev/null 2>&1 && return
  echo "there is no $1" >&2
  exit 127
}

if [ "$kind" = file ]; then
  need tail
  if [ -d "$what" ] || { [ -e "$what" ] && ! [ -r "$what" ]; }; then
    echo "$what is no file that this user may read" >&2
    exit 77
  fi
else
  need journalctl
  # Without rights or a journal it says so here (but not with `-o cat`), and shows nothing later.
  said=$(journalctl -n 1 -u "$what" 2>&1 >/dev/null) || {
    echo "$said" >&2
    exit 77
  }
  case $said in *'insufficient permissions'* | *'not seeing messages'* | *'No journal files'*)
    echo "$said" >&2
    exit 77
    ;;
  esac
fi
[ "$how" = check ] && exit 0

# Line by line, so that a sign of life never stands within one of fewer than 4096 bytes (PIPE_BUF).
if sed -u p </dev/null >/dev/null 2>&1; then
  mark_lines() { sed -u 's/^/> /'; }
else
  mark_lines() { while IFS= read -r line; do printf '> %s\n' "$line"; done; }
fi

follow() {
  if [ "$kind" = file ]; then
    exec tail -c "+$from" -F -- "$what" 2>/dev/null
  fi
  exec journalctl -f -n 0 -o short-unix -u "$what" 2>/dev/null
}

# From its present end, which is fixed before we say that we follow; a file that comes later from its beginning.
from=1
if [ "$kind" = file ] && [ -f "$what" ]; then from=$(($(wc -c <"$what") + 1)); fi

# The reader goes away: `echo` fails, and all of it ends.
trap '' PIPE
pipe=$(mktemp -d) || exit 74
mkfifo "$pipe/lines" || exit 74
# Held from both sides no opening waits; and a script that is killed leaves nothing behind.
exec 3<>"$pipe/lines"
exec 4>"$pipe/lines"
exec 5<"$pipe/lines" 3>&-
rm -rf "$pipe"
follow >&4 4>&- 5<&- &
followed=$!
mark_lines <&5 4>&- 5<&- &
marker=$!
exec 4>&- 5<&-
# The journal has no such number: what comes while its reader starts is not ours.
[ "$kind" = unit ] && sleep 1
while kill -0 "$followed" 2>/dev/null && kill -0 "$marker" 2>/dev/null; do
  # It may have been replaced by one that is not for us: `tail` says nothing then.
  if [ "$kind" = file ] && [ -e "$what" ] && ! [ -r "$what" ]; then
    kill "$followed" "$marker" 2>/dev/null
    echo "$what is no file that this user may read any more" >&2
    exit 77
  fi
  echo '@alive' 2>/dev/null || break
  sleep 1
done
kill "$followed" "$marker" 2>/dev/null
wait "$followed"
echo "following ended with exit code $?" >&2
exit 70
