# Whether the kernel takes a table like ours; nothing of it is made (-c). $1: its chains; $2: the same with chance, or empty.
# Prints nothing, or what it does not take and the first line of what nft says.
takes() {
  said=$(printf 'table inet aftershock_look {\n%s\n}\n' "$2" | nft -c -f - 2>&1) && return 0
  said=${said#*Error: }
  echo "refused $1 ${said%%
*}"
  return 1
}
takes table '' && takes rules "$1" && if [ -n "$2" ]; then takes chance "$2"; fi
echo "kernel $(uname -r)"
exit 0
