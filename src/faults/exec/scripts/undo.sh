# The user's own command. What it starts must not live under the watchdog's protection from the OOM killer.
AFTERSHOCK_ID=$id
export AFTERSHOCK_ID
umask 022
{ echo 0 >/proc/self/oom_score_adj; } 2>/dev/null
# Nor in its unit, which would live on with it.
read -r cgroup </proc/self/cgroup
case $cgroup in 0::*/aftershock-*) { echo 0 >/sys/fs/cgroup/cgroup.procs; } 2>/dev/null ;; esac
sh -c "$1" sh >&2
code=$?
if [ "$code" -ne 0 ]; then
  echo "the command under undo ended with exit code $code" >&2
  exit 70
fi
