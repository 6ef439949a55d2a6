# Where we keep the lock and the records of what we do: a private folder that ends with the machine's uptime.
uid=$(id -u)
boot=$(cat /proc/sys/kernel/random/boot_id)

# Ours, a real folder, and nobody else may look or write.
private() {
  [ -n "$(find "$1" -prune -type d -user "$uid" -perm 700 2>/dev/null)" ]
}

places() {
  if [ -n "${AFTERSHOCK_RUN_DIR-}" ]; then
    printf '%s\n' "$AFTERSHOCK_RUN_DIR"
    return
  fi
  if [ "$uid" = 0 ]; then echo /run/aftershock; fi
  printf '%s\n' "${XDG_RUNTIME_DIR:-/run/user/$uid}/aftershock" "/tmp/aftershock-$uid"
}

# Sets `place`.
choose_place() {
  while IFS= read -r place; do
    mkdir -m 700 "$place" 2>/dev/null
    if private "$place" && [ -w "$place" ]; then return; fi
  done <<EOF
$(places)
EOF
  places >&2
  exit 73
}

# Sets `record`, the folder of an injection; empty where there is none.
find_record() {
  while IFS= read -r record; do
    record=$record/$1
    if private "${record%/*}" && private "$record"; then return; fi
  done <<EOF
$(places)
EOF
  record=
}
