# Sets `total`, `used` and `free` of the file system that `$1` lies on, in KiB, as df does: what only root may take is not free.
space() {
  numbers=$(stat -f -c '%S %b %f %a' "$1" 2>/dev/null) || return 1
  # shellcheck disable=SC2086
  set -- $numbers
  total=$(($1 * $2 / 1024)) used=$(($1 * ($2 - $3) / 1024)) free=$(($1 * $4 / 1024))
}

# Whether the file system of a file is mounted where it was: a file of another one hides it.
mounted() {
  [ -z "$1" ] || [ "$(stat -c %d "$1" 2>/dev/null)" != "$(stat -c %d "$1/.." 2>/dev/null)" ]
}
