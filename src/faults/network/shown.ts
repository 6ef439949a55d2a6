import type { LookedByTc } from './by-tc.ts';
import type { Ways } from './look.ts';

/** What pages plan their examples with: peers behind eth0, and a kernel of Debian's. */
export const shownWays = (...addresses: readonly string[]): Ways => ({
  peers: addresses.map((address) => ({ family: 'ip', address, device: 'eth0' })),
  names: [],
});

export const shownByTc = (...addresses: readonly string[]): LookedByTc => ({
  ...shownWays(...addresses),
  can: new Set(['netem', 'prio', 'ifb', 'ingress', 'mirred', 'flower', 'u32', 'tbf']),
  kernel: '6.1',
  absent: new Set(),
  foreign: new Map(),
  ours: new Map(),
  ingress: new Map(),
});
