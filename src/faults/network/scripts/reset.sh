# The connections that a filter of ss means, each by the kernel's cookie, which no other socket ever gets.
cookies() {
  ss -H -n -e -t state connected exclude time-wait "$@" 2>/dev/null | while read -r line; do
    case $line in
      *' sk:'*)
        line=${line##* sk:}
        echo "sk:${line%% *}"
        ;;
    esac
  done
}

# still_there FILTER: how many of the noted ones live.
still_there() {
  cookies "$1" | grep -cxF -f "$record/sockets"
}
