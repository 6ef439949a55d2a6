# What a reboot does not undo: kept on the disk until it is undone, with a unit that does it at boot.
disk=/var/lib/aftershock
boot_unit=aftershock-boot.service
units=/etc/systemd/system
wanted=$units/multi-user.target.wants

# One at a time: the last that goes takes away what the next to come has just found there.
lock_boot() {
  mkdir -p "${disk%/*}" && { command exec 8<"${disk%/*}"; } 2>/dev/null && lock_fd 8 10
}

keep_for_boot() {
  lock_boot || exit 74
  mkdir -p "$disk/$id" || exit 74
  for part in undo probe clean injection.json; do
    dd if="$record/$part" of="$disk/$id/$part" conv=fsync 2>/dev/null || exit 74
  done
  printf '%s\n' "$1" | dd of="$disk/boot.new" conv=fsync 2>/dev/null && mv "$disk/boot.new" "$disk/boot" || exit 74
  # What `systemctl enable` does, without making systemd read all its units again: it reads them at boot.
  if ! [ -L "$wanted/$boot_unit" ]; then
    mkdir -p "$wanted" || exit 74
    printf '%s\n' "$2" | dd of="$units/$boot_unit" conv=fsync 2>/dev/null || exit 74
    chmod 644 "$units/$boot_unit"
    ln -s "$units/$boot_unit" "$wanted/$boot_unit" || exit 72
  fi
  # The names of files are on the disk only when their folders are.
  for dir in "$disk/$id" "$disk" "$units" "$wanted"; do
    sync "$dir" 2>/dev/null || sync
  done
  exec 8<&-
}

forget_for_boot() {
  [ -d "$disk/$id" ] || return 0
  lock_boot && forget_locked
  forgotten=$?
  exec 8<&-
  return "$forgotten"
}

forget_locked() {
  rm -rf -- "${disk:?}/$id" || return 1
  set +f
  set -- "$disk"/*/
  set -f
  if [ -d "$1" ]; then return 0; fi
  rm -f "$wanted/$boot_unit" "$units/$boot_unit" || return 1
  rm -f "$disk/boot" && rmdir "$disk" 2>/dev/null
  return 0
}
