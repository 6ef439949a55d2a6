import { childrenOf, readProcess } from '../../reach/proc.ts';
import { type ProcessIdentity, signalProcess } from './identity.ts';

/** What a process and all that it started use. */
export interface TreeUsage {
  /** CPU used so far, in seconds; it never falls. */
  cpuSeconds: number;
  /**
   * Memory held in RAM, in bytes: the sum of their RSS. That is what the kernel would have to take from them when memory
   * runs out; virtual size counts what was never touched, and PSS (shared pages divided by their users) costs a walk
   * over all page tables each time.
   */
  rssBytes: number;
}

/** A process with its descendants, however deep and however short-lived. */
export interface ProcessTree {
  /** What they use now; undefined once the first process has ended. */
  usage(): TreeUsage | undefined;
  /** SIGKILL to each of them, also to those that have left the first one's group. */
  kill(): void;
}

/**
 * Follows a process and its descendants. Who was seen once stays a member, also when its parent ends and init inherits
 * it. The CPU of descendants that have ended is in what their parents have waited for.
 */
export function followTree(leader: ProcessIdentity): ProcessTree {
  const members = new Map([[leader.pid, leader.startTime]]);
  let cpuSeconds = 0;
  const look = (): TreeUsage | undefined => {
    const now: TreeUsage = { cpuSeconds: 0, rssBytes: 0 };
    // A Map's iteration also comes to what is added during it.
    for (const [pid, startTime] of members) {
      const found = readProcess(pid);
      if (found === undefined || (startTime !== '' && found.startTime !== startTime)) {
        members.delete(pid);
        continue;
      }
      members.set(pid, found.startTime);
      now.cpuSeconds += found.cpuSeconds + found.childrenCpuSeconds;
      if ('ZX'.includes(found.state)) continue;
      now.rssBytes += found.rssBytes;
      for (const child of childrenOf(pid)) if (!members.has(child)) members.set(child, '');
    }
    if (!members.has(leader.pid)) return undefined;
    cpuSeconds = Math.max(cpuSeconds, now.cpuSeconds);
    return { ...now, cpuSeconds };
  };
  return {
    usage: look,
    kill() {
      look();
      for (const [pid, startTime] of members) signalProcess({ pid, startTime }, 'SIGKILL');
    },
  };
}
