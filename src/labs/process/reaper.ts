import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Reads process numbers, one a line, until every writer is gone; then kills the process groups they lead. A number that
 * is another process by then (start time, field 22 of stat) is left alone. Plain sh: it costs 1 MB, not 45.
 */
const SCRIPT = `
trap '' HUP INT TERM
list=
while read -r pid; do
  read -r stat < "/proc/$pid/stat" || continue
  set -- \${stat##*) }
  list="$list $pid:\${20}"
done
for entry in $list; do
  pid=\${entry%%:*}
  if read -r stat < "/proc/$pid/stat"; then
    set -- \${stat##*) }
    [ "\${20}" = "\${entry##*:}" ] || continue
  fi
  kill -s KILL -- "-$pid"
done
`;

/** The process that outlives the lab by a moment and ends its pods, however the lab ends. */
export interface Reaper {
  /** What a pod's process inherits to register itself, before it becomes the pod's program. */
  readonly registration: Writable;
  readonly pid: number | undefined;
  /** Ends the reaper, which kills what is still registered; resolves when it is gone. */
  stop(): Promise<void>;
}

/** @param living the pids to register again, should somebody kill the reaper itself. */
export function startReaper(living: () => number[]): Reaper {
  let stopping = false;
  const start = (): ChildProcess & { stdin: Writable } => {
    const child = spawn('/bin/sh', ['-c', SCRIPT], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: '/usr/bin:/bin' },
    });
    child.stdin.on('error', () => {});
    child.once('exit', () => {
      if (stopping) return;
      current = start();
      for (const pid of living()) current.stdin.write(`${pid}\n`);
    });
    return child;
  };
  let current = start();
  return {
    get registration() {
      return current.stdin;
    },
    get pid() {
      return current.pid;
    },
    async stop() {
      stopping = true;
      const gone = new Promise((resolve) => current.once('exit', resolve));
      if (current.exitCode !== null || current.signalCode !== null) return;
      current.stdin.end();
      await gone;
    },
  };
}
