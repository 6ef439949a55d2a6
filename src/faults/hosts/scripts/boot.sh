# What a reboot does not undo: kept on the disk until it is undone, with a unit that does it at boot.
disk=/var/lib/aftershock
boot_unit=aftershock-boot.service

keep_for_boot() {
  mkdir -p "$disk/$id" || exit 74
  for part in undo probe clean injection.json; do
    dd if="$record/$part" of="$disk/$id/$part" conv=fsync 2>/dev/null || exit 74
  done
  printf '%s\n' "$1" | dd of="$disk/boot.new" conv=fsync 2>/dev/null && mv "$disk/boot.new" "$disk/boot" || exit 74
  if ! systemctl is-enabled --quiet "$boot_unit" 2>/dev/null; then
    printf '%s\n' "$2" | dd of="/etc/systemd/system/$boot_unit" conv=fsync 2>/dev/null || exit 74
    systemctl enable --quiet "$boot_unit" || exit 72
  fi
  # The names of files are on the disk only when their folders are.
  for dir in "$disk/$id" "$disk" /etc/systemd/system /etc/systemd/system/multi-user.target.wants; do
    sync "$dir" 2>/dev/null || sync
  done
}

forget_for_boot() {
  [ -d "$disk/$id" ] || return 0
  rm -rf -- "${disk:?}/$id" || return 1
  set +f
  set -- "$disk"/*/
  set -f
  if [ -d "$1" ]; then return 0; fi
  if [ -e "/etc/systemd/system/$boot_unit" ]; then
    systemctl disable --quiet "$boot_unit" 2>/dev/null
    rm -f "/etc/systemd/system/$boot_unit" "/etc/systemd/system/multi-user.target.wants/$boot_unit"
    systemctl daemon-reload 2>/dev/null
  fi
  rm -f "$disk/boot" && rmdir "$disk" 2>/dev/null
  return 0
}
