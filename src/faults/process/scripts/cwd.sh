# The folder of a process, or the one that was named, if it is there.
cd "${2:-/proc/$1/cwd}" 2>/dev/null || exit 68
pwd -P
