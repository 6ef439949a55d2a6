# Takes our table away; no other is touched, and where it is gone (a flush by somebody else) nothing is left to do.
nft delete table inet "aftershock_$tag" 2>/dev/null && exit 0
names=$(nft list tables) || exit 70
case $names in *"table inet aftershock_$tag"*) exit 70 ;; esac
exit 0
