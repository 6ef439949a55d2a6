/** The period in which Linux counts a container's CPU time against its limit (`cpu.cfs_period_us`). */
const PERIOD_MS = 100;

/** Uses the CPU for that many milliseconds. */
export type Burn = (ms: number) => void;

/**
 * Makes work that really uses the CPU, and that a limit in cores slows down as Linux does it: once this thread has used
 * its share of a period of 100 ms it stands still until the next one, with everything it does. The practice cluster
 * itself limits no CPU.
 */
export function createBurn(limitCores: number): Burn {
  const quotaMs = limitCores * PERIOD_MS;
  const still = new Int32Array(new SharedArrayBuffer(4));
  let period = -1;
  let ranBeforeMs = 0;
  /** What is left of this period's share, and how long until the next one. */
  const budget = (): { leftMs: number; nextMs: number } => {
    const now = performance.now();
    const current = Math.floor(now / PERIOD_MS);
    if (current !== period) {
      period = current;
      ranBeforeMs = ranMs();
    }
    return { leftMs: quotaMs - (ranMs() - ranBeforeMs), nextMs: (current + 1) * PERIOD_MS - now };
  };
  return (ms) => {
    if (ms <= 0) return;
    const end = ranMs() + ms;
    while (ranMs() < end) {
      const { leftMs, nextMs } = budget();
      if (leftMs <= 0) Atomics.wait(still, 0, 0, nextMs);
    }
  };
}

/** CPU time of this thread: what it really ran, however busy the machine is. */
function ranMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
