# $1: the chains of our table, which is made whole or not at all.
printf 'create table inet aftershock_%s\ntable inet aftershock_%s {\n%s\n}\n' "$tag" "$tag" "$1" | nft -f - >&2 || exit 67
