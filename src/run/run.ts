import { RENEW_EVERY_S } from '../guard/lease.ts';
import type { Problem } from '../model/result.ts';
import { type Nanos, seconds, secondsBetween } from '../model/time.ts';
import type { AbortRecord, InjectionRecord } from '../model/timeline.ts';
import type { RunContext } from './context.ts';
import type { Phase } from './events.ts';
import { type Live, TAKEN_OVER } from './inject.ts';
import { runSchedule } from './schedule.ts';
import { RunState } from './state.ts';
import { startTicker, type Ticker } from './ticker.ts';
import { startSignals } from './watching.ts';

/** A target that is short of memory or processors may need this long to take a renewal, in milliseconds. */
const RENEW_WITHIN_MS = 15_000;

/** How a run went, for whoever started it; the verdict comes from the recording. */
export interface RunEnd {
  injections: readonly InjectionRecord[];
  /** Every injection that was made has been undone and proven so. */
  restored: boolean;
  abort?: AbortRecord;
  /** Why nothing was injected. */
  notStarted?: string;
}

/**
 * The life of a run, from the first signal to the last (design, section 4). It returns only when everything that it
 * injected is undone, or the undo's own deadline has passed and the guardian goes on with it.
 */
export async function runExperiment(context: RunContext): Promise<RunEnd> {
  const state = new RunState(context);
  const { recorder, clock } = context;
  recorder.mark({
    is: 'start',
    t: clock.now(),
    run: context.run,
    seed: context.seed,
    version: context.version,
  });
  onInterrupt(state);
  phase(state, 'start');
  // From the first: signals may need longer to start than the lease and the lock live.
  const renewing = startRenewing(state);
  const watching = await startSignals(context);
  if (!watching.ok) {
    clearInterval(renewing);
    return end(state, { restored: true, notStarted: watching.problem.message });
  }
  state.observe();
  recorder.mark({ is: 'baseline', t: clock.now() });
  const ticker = startTicker(state);
  try {
    return await live(state, ticker);
  } finally {
    ticker.stop();
    clearInterval(renewing);
    await watching.value.stop();
    recorder.mark({ is: 'ended', t: clock.now() });
    phase(state, 'end');
  }
}

async function live(state: RunState, ticker: Ticker): Promise<RunEnd> {
  const { experiment, clock } = state.context;
  if (experiment.faults.length === 0) {
    await wait(state, 'watching', experiment.timing.baseline + experiment.timing.watch);
    return end(state, { restored: true });
  }
  await wait(state, 'baseline', experiment.timing.baseline);
  if (state.halted.aborted) return end(state, { restored: true, notStarted: 'aborted in the baseline' });
  const unsteady = whyUnsteady(state, ticker);
  if (unsteady !== undefined) return end(state, { restored: true, notStarted: unsteady });
  await state.snapshot('baseline');
  phase(state, 'fault');
  const restored = await runSchedule(state);
  state.over = true;
  if (state.origin !== undefined && !state.interrupted) await recovery(state, ticker, clock.now());
  return end(state, { restored });
}

function end(state: RunState, how: { restored: boolean; notStarted?: string }): RunEnd {
  if (how.notStarted !== undefined) {
    const t = state.context.clock.now();
    state.context.recorder.mark({ is: 'not-started', t, why: how.notStarted });
    state.context.emit({ is: 'not-started', t, why: how.notStarted });
  }
  return {
    injections: [...state.records.values()],
    ...how,
    ...(state.abortRecord === undefined ? {} : { abort: state.abortRecord }),
  };
}

/** Steady must have held without a break for `steady_for` (or the whole baseline, if that is shorter). */
function whyUnsteady(state: RunState, ticker: Ticker): string | undefined {
  const { timing, steady } = state.context.experiment;
  if (steady.length === 0) return undefined;
  const { since, truth, why } = ticker.steady;
  const needed = Math.min(timing.steady_for, timing.baseline / 2);
  if (since !== undefined && secondsBetween(since, state.context.clock.now()) >= needed - 0.5)
    return undefined;
  if (truth === 'true') return `\`steady\` held for less than ${needed} s before the fault`;
  return `\`steady\` did not hold in the baseline: ${why ?? 'nothing was observed'}`;
}

/** Watches until `watch` is over and steady has held for its time; at most `recover_within`. */
async function recovery(state: RunState, ticker: Ticker, undoneAt: Nanos): Promise<void> {
  const { clock, conditions, experiment } = state.context;
  const { timing } = experiment;
  const longest = (state.origin ?? undoneAt) + seconds(conditions.longestTime_s);
  const watchUntil = Math.max(undoneAt + seconds(timing.watch), longest);
  const giveUp = Math.max(undoneAt + seconds(timing.recover_within), watchUntil);
  phase(state, 'recovery', watchUntil);
  while (!state.interrupted) {
    const now = clock.now();
    const { since } = ticker.steady;
    const steady =
      experiment.steady.length === 0 || (since !== undefined && now - since >= seconds(timing.steady_for));
    if ((now >= watchUntil && steady) || now >= giveUp) return;
    await clock.sleep(250, state.context.interrupt);
  }
}

async function wait(state: RunState, name: Phase, duration_s: number): Promise<void> {
  phase(state, name, state.context.clock.now() + seconds(duration_s));
  await state.context.clock.sleep(duration_s * 1_000, state.halted);
}

function phase(state: RunState, name: Phase, ends?: Nanos): void {
  const t = state.context.clock.now();
  state.context.emit({ is: 'phase', t, phase: name, ...(ends === undefined ? {} : { ends }) });
}

function onInterrupt(state: RunState): void {
  const { interrupt } = state.context;
  const stop = (): void => state.abort('interrupt', String(interrupt.reason));
  if (interrupt.aborted) stop();
  else interrupt.addEventListener('abort', stop, { once: true });
}

/** Renews the lease, the lock on the system, and what lives on targets, until cleared. */
function startRenewing(state: RunState): NodeJS.Timeout {
  return setInterval(() => {
    renew(state).catch((error: unknown) => state.crash('the renewal of leases', error));
  }, RENEW_EVERY_S * 1_000);
}

/**
 * A lease that ran out before it could be renewed, a guardian that is gone or has undone our faults, a lock that
 * somebody else has: the run ends. Once everything is undone none of this matters.
 */
async function renew(state: RunState): Promise<void> {
  const { guard } = state.context;
  const renewed = guard.renew();
  if (!renewed.ok && !state.over) state.cutShort([...state.live], renewed.problem.message);
  const taken = [...state.live].filter((live) => !live.undoing && guard.takenOver(live.injection));
  if (taken.length > 0) state.cutShort(taken, TAKEN_OVER);
  // A host that is not reached keeps nobody else's lease from being renewed.
  const renewing = [...state.live].map((live) => renewOnTarget(state, live));
  await Promise.all([...renewing, renewLock(state)]);
}

/** A lock that somebody else has ends the run; one that is being renewed is not renewed twice at once. */
async function renewLock(state: RunState): Promise<void> {
  const { ground, world } = state.context;
  if (ground === undefined || state.isRenewingLock) return;
  state.isRenewingLock = true;
  const within = AbortSignal.timeout(RENEW_WITHIN_MS);
  const locked = await ground.ground
    .renew(world, ground.holder, within)
    .finally(() => (state.isRenewingLock = false));
  if (locked.ok) return;
  trouble(state, 'renewing the lock', locked.problem);
  if (locked.problem.code === 'locked' && !state.over) state.abort('cut-short', locked.problem.message);
}

/** The lease that is kept on the target: one that ran out, or that the target does not take any more, cuts it short. */
async function renewOnTarget(state: RunState, live: Live): Promise<void> {
  const { fault, injection, renewed } = live;
  if (fault.renew === undefined || renewed === undefined || live.undoing || live.isRenewing === true) return;
  const { clock, world } = state.context;
  const from = clock.now();
  live.isRenewing = true;
  const kept = await fault
    .renew(world, injection, AbortSignal.timeout(RENEW_WITHIN_MS))
    .finally(() => (live.isRenewing = false));
  if (kept.ok) {
    live.renewed = from;
    return;
  }
  if (live.undoing || state.over) return;
  trouble(state, `renewing ${injection.id}`, kept.problem);
  const unrenewed_s = secondsBetween(renewed, clock.now());
  if (kept.problem.code === 'inject-failed') state.cutShort([live], kept.problem.message);
  else if (unrenewed_s > injection.lease_s) state.cutShort([live], ranOut(live, unrenewed_s));
}

const ranOut = ({ injection }: Live, s: number): string =>
  `the lease on ${injection.target.name} could not be renewed for ${s.toFixed(0)} s: by now it is undone there`;

function trouble(state: RunState, what: string, problem: Problem): void {
  state.context.emit({ is: 'trying', t: state.context.clock.now(), what, problem });
}
