# Processes that a fault itself starts on the host: each noted before it does anything, the first to go when memory ends.

# spawn_worker COMMAND ARGUMENT…
spawn_worker() {
  # shellcheck disable=SC2016
  setsid sh -c '
    record=$1
    shift
    read -r stat </proc/self/stat
    start=$(set -f; set -- ${stat##*) }; echo "${20}")
    echo "$$ $start" >>"$record/workers" || exit 74
    echo 1000 >/proc/self/oom_score_adj
    [ -e "$record/armed" ] || exit 65
    exec "$@"
  ' sh "$record" "$@" </dev/null >/dev/null 2>&1 &
}

# The workers that live: "pid" a line.
workers_alive() {
  [ -n "$record" ] && [ -f "$record/workers" ] || return 0
  while read -r worker worker_start; do
    if is "$worker" "$worker_start"; then echo "$worker"; fi
  done <"$record/workers"
}

# Ends them with everything in their sessions, and waits until they are gone.
end_workers() {
  [ -n "$record" ] && [ -f "$record/workers" ] || return 0
  rounds=0
  while [ "$rounds" -lt 100 ]; do
    living=$(workers_alive)
    [ -n "$living" ] || return 0
    for worker in $living; do kill -s KILL -- "-$worker" 2>/dev/null || kill -s KILL "$worker" 2>/dev/null; done
    rounds=$((rounds + 1))
    sleep 0.05
  done
  return 1
}
