/** The waits between restarts: none before the first, then doubling up to a limit, as the kubelet's. */
export interface BackOff {
  /** Milliseconds between the end and the next start; `ran` is how long it ran. */
  next(ran: number): number;
}

export function createBackOff(of: { backOff: number; mostBackOff: number; forgiving: number }): BackOff {
  let wait = 0;
  return {
    next(ran) {
      if (ran >= of.forgiving) wait = 0;
      const now = wait;
      wait = wait === 0 ? of.backOff : Math.min(wait * 2, of.mostBackOff);
      return now;
    },
  };
}
