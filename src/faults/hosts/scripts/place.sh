# Where we keep the lock and the records of what we do: a private folder that ends with the machine's uptime. A network
# namespace has one of its own inside it.
while read -r key uid _; do
  if [ "$key" = Uid: ]; then break; fi
done </proc/self/status
read -r boot </proc/sys/kernel/random/boot_id

# Ours, a real folder, and nobody else may look or write.
private() {
  # Where only root makes folders, ours is the one that we made; no program is started to know that.
  case $1 in
    /run/aftershock*)
      # -O is not of POSIX; dash, BusyBox and bash know it.
      # shellcheck disable=SC3067
      [ -d "$1" ] && ! [ -h "$1" ] && [ -O "$1" ]
      return
      ;;
  esac
  [ -n "$(find "$1" -prune -type d -user "$uid" -perm 700 2>/dev/null)" ]
}

# lock_fd DESCRIPTOR SECONDS: the kernel's lock on it, waited for so long. BusyBox's flock knows no `-w`.
lock_fd() {
  lock_tries=$(($2 * 10))
  until flock -n "$1"; do
    lock_tries=$((lock_tries - 1))
    [ "$lock_tries" -gt 0 ] || return 1
    sleep 0.1
  done
}

of_netns=${AFTERSHOCK_NETNS:+/netns-$AFTERSHOCK_NETNS}

places() {
  if [ -n "${AFTERSHOCK_RUN_DIR-}" ]; then
    printf '%s\n' "$AFTERSHOCK_RUN_DIR$of_netns"
    return
  fi
  if [ "$uid" = 0 ]; then printf '%s\n' "/run/aftershock$of_netns"; fi
  printf '%s\n' "${XDG_RUNTIME_DIR:-/run/user/$uid}/aftershock$of_netns" "/tmp/aftershock-$uid$of_netns"
}

# Sets `place`.
choose_place() {
  while IFS= read -r place; do
    # Whoever takes the last record away takes an empty folder with it: then it is made again.
    for _ in 1 2 3 4 5; do
      if [ -n "$of_netns" ]; then
        mkdir -m 700 "${place%/*}" 2>/dev/null
        private "${place%/*}" || continue
      fi
      mkdir -m 700 "$place" 2>/dev/null
      if private "$place" && [ -w "$place" ]; then return; fi
    done
  done <<EOF
$(places)
EOF
  places >&2
  exit 73
}

# Sets `found_in`, the path of a name in the first of our folders that has it; empty where none has.
find_in_places() {
  while IFS= read -r found_in; do
    found_in=$found_in/$1
    if private "${found_in%/*}" && [ -e "$found_in" ]; then return; fi
  done <<EOF
$(places)
EOF
  found_in=
}

# Sets `record`, the folder of an injection; empty where there is none.
find_record() {
  find_in_places "$1"
  record=$found_in
}
