import { sleep } from '../../reach/clock.ts';
import { readProcess } from '../../reach/proc.ts';

/** A process pinned: its number alone may be another one's tomorrow. */
export interface ProcessIdentity {
  pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. */
  startTime: string;
}

/** The identity of a running process; undefined where there is none (a zombie has ended). */
export function identify(pid: number): ProcessIdentity | undefined {
  const found = readProcess(pid);
  return found === undefined || 'ZX'.includes(found.state) ? undefined : { pid, startTime: found.startTime };
}

/** The identity of a child of ours that may have ended already, but whose number is not free yet. */
export const identifyChild = (pid: number): ProcessIdentity => ({
  pid,
  startTime: readProcess(pid)?.startTime ?? '',
});

export const isAlive = (identity: ProcessIdentity): boolean =>
  identify(identity.pid)?.startTime === identity.startTime;

/** Sends a signal to this very process; false where it has ended. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  return isAlive(identity) && send(identity.pid, signal);
}

/**
 * Kills a process that leads its own group, with all of that group. Where the leader has ended, what is left of its
 * group goes: the number cannot belong to another process while the group lives.
 */
export function killGroup(leader: ProcessIdentity): void {
  const found = readProcess(leader.pid);
  if (found === undefined || found.startTime === leader.startTime) send(-leader.pid, 'SIGKILL');
}

/** Waits until a process has ended, at most `ms`; tells whether it has. */
export async function waitForEnd(
  identity: ProcessIdentity,
  ms: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (isAlive(identity)) {
    if (Date.now() >= deadline || signal?.aborted === true) return false;
    await sleep(25, signal);
  }
  return true;
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // ESRCH: it ended in between. EPERM: not ours.
    return false;
  }
}
