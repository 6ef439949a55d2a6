# Processes by pid and start time.

# "pid start state" of a process and of everything below it.
tree() {
  set +f
  # The number is taken from the file's name: a process may call itself anything, over several lines.
  grep -as '' /proc/[0-9]*/stat /dev/null |
    sed -n 's#^/proc/\([0-9]*\)/stat:.*) \([A-Za-z] [-0-9 ]*\)$#\1 \2#p' |
    awk -v root="$1" '
      $2 !~ /[ZX]/ { state[$1] = $2; parent[$1] = $3; start[$1] = $21 }
      END {
        inside[root] = 1
        do {
          more = 0
          for (p in parent) if (!(p in inside) && (parent[p] in inside)) { inside[p] = 1; more = 1 }
        } while (more)
        for (p in inside) if (p in state) print p, start[p], state[p]
      }'
  set -f
}

# No process, no right.
GONE=66
FORBIDDEN=77
