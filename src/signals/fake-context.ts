import type { SignalContext, Sink } from '../model/contracts/signal.ts';
import { fail } from '../model/result.ts';
import { startClock } from '../reach/clock.ts';
import { seededRandom } from '../reach/random.ts';

/** What a signal of the name `votes` is given where there is no system, for tests. */
export function contextOf(sink: Sink, rate_per_s = 50): SignalContext {
  return {
    name: 'votes',
    options: { rate_per_s, timeout_ms: 2_000 },
    world: {
      kubernetes: () => fail({ code: 'system-unreachable', message: 'there is no cluster', fix: 'none' }),
      host: () => fail({ code: 'system-unreachable', message: 'there is no host', fix: 'none' }),
    },
    clock: startClock(),
    random: seededRandom('seed', 'signal votes'),
    sink,
    signal: new AbortController().signal,
  };
}
