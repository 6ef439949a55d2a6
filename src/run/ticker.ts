import type { Truth } from '../model/measure.ts';
import { type Nanos, seconds } from '../model/time.ts';
import type { RunState } from './state.ts';

const TICK_MS = 250;

/** How steady has been lately: the latest truth, and since when it is true without a break. */
export interface Steadiness {
  readonly truth: Truth;
  readonly why: string | undefined;
  readonly since: Nanos | undefined;
}

export interface Ticker {
  readonly steady: Steadiness;
  stop(): void;
}

/** Evaluates `steady` and `abort` over the sliding window, every 250 ms, from now until stopped. */
export function startTicker(state: RunState): Ticker {
  const steady: { truth: Truth; why: string | undefined; since: Nanos | undefined } = {
    truth: 'unknown',
    why: undefined,
    since: undefined,
  };
  const abortSince = new Map<number, Nanos>();
  const tick = (): void => {
    const now = state.context.clock.now();
    const { truth, why } = state.steadyNow();
    steady.truth = truth;
    steady.why = why;
    steady.since = truth === 'true' ? (steady.since ?? now) : undefined;
    state.context.emit({ is: 'steady', t: now, truth, ...(why === undefined ? {} : { why }) });
    // Before anything is broken there is nothing to abort: what is not steady then keeps the run from beginning.
    if (!state.over && state.origin !== undefined) checkAborts(state, abortSince, now);
  };
  const timer = setInterval(() => {
    try {
      tick();
    } catch (error) {
      state.crash('the watch over `steady` and `abort`', error);
    }
  }, TICK_MS);
  return { steady, stop: () => clearInterval(timer) };
}

/** An abort rule acts once its condition was true in every tick for its time. */
function checkAborts(state: RunState, since: Map<number, Nanos>, now: Nanos): void {
  for (const [index, rule] of state.context.conditions.abort.entries()) {
    if (state.truthOf(rule.when) !== 'true') {
      since.delete(index);
      continue;
    }
    const start = since.get(index) ?? now;
    since.set(index, start);
    if (now - start >= seconds(rule.for_s)) {
      state.abort('condition', `\`${rule.when.text}\` held for ${rule.for_s} s`);
    }
  }
}
