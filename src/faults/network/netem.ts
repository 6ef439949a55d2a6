import type { Host } from '../../model/contracts/world.ts';
import { wholeHost } from '../hosts/fault.ts';
import { lookForTc } from './by-tc.ts';
import type { Traffic } from './params.ts';
import { shownByTc } from './shown.ts';
import { netemTools } from './words.ts';

/** What faults that only netem can do have in common. */
export const byNetem = {
  duration: 'held',
  undoKind: 'restores',
  target: wholeHost,
  kinds: ['ssh', 'local', 'netns'],
  root: true,
  tools: () => netemTools,
  look: (host: Host, { params }: { params: Traffic }, signal: AbortSignal) => lookForTc(host, params, signal),
  shown: { looked: shownByTc('10.0.0.11') },
} as const;
