# Where the ways to some peers lead; nothing is changed. Each argument is an address, a block, or a name.

# The first word behind `dev`.
device_in() {
  # shellcheck disable=SC2086
  set -- $1
  while [ $# -gt 1 ]; do
    if [ "$1" = dev ]; then
      echo "$2"
      return
    fi
    shift
  done
}

# route GIVEN ADDRESS: the interface to it, where there is a way.
route() {
  case $2 in *:*) family=-6 ;; *) family=-4 ;; esac
  echo "peer $1 $2 $(device_in "$(ip "$family" -o route get "${2%/*}" 2>/dev/null)")"
}

for given; do
  case $given in
    *:*) route "$given" "$given" ;;
    *[A-Za-z]*)
      getent ahosts "$given" 2>/dev/null | cut -d' ' -f1 | sort -u | while read -r address; do
        # The zone of a link-local address is its interface.
        route "$given" "${address%%%*}"
      done
      ;;
    *) route "$given" "$given" ;;
  esac
done
for family in 4 6; do
  echo "default $family $(device_in "$(ip "-$family" -o route show default 2>/dev/null)")"
done
exit 0
