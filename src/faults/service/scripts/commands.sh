# The user's own commands for a service, each in a session of its own: what it starts outlives us, and is not under the
# watchdog's protection from the OOM killer. As in the Linux Standard Base, status 0 is running, 1 to 3 is not.
command_of() {
  # shellcheck disable=SC2016
  setsid sh -c '{ echo 0 >/proc/self/oom_score_adj; } 2>/dev/null; umask 022; unset AFTERSHOCK_RECORD; exec sh -c "$1" sh' sh "$1" </dev/null
}

# Sets `runs` to yes, no or unsure, and `said`.
status_of() {
  said=$(command_of "$1" 2>&1)
  code=$?
  said=$(printf '%s' "$said" | tr '\n' ' ' | cut -c 1-200)
  case $code in 0) runs=yes ;; 1 | 2 | 3) runs=no ;; *) runs=unsure ;; esac
}

# must WHAT COMMAND
must() {
  command_of "$2" >/dev/null
  code=$?
  if [ "$code" -ne 0 ]; then
    echo "the command under $1 ended with exit code $code" >&2
    exit 70
  fi
}
