import pLimit from 'p-limit';
import type { FaultEntry } from '../model/experiment.ts';
import type { Target } from '../model/injection.ts';
import { seconds } from '../model/time.ts';
import { inject, type Live, MADE_AT_ONCE, undo } from './inject.ts';
import { type Gate, gate, type RunState } from './state.ts';

const TICK_MS = 250;

/** What the entries of one run wait for in each other. */
interface Gates {
  effect: ReadonlyMap<string, Gate>;
  /** Its undo is made, or was tried once in vain: those injected before it may follow. */
  tried: ReadonlyMap<string, Gate>;
  /** It is over: undone, and its target proven to be as before. */
  undone: ReadonlyMap<string, Gate>;
  /** Every timed entry has ended: what is held without a time is undone now. */
  release: Gate;
}

/** Entries in the order in which they were injected, for undoing in reverse. */
type Order = string[];

/**
 * Runs every entry of `faults:` by its own start, hold and end; settles when all are undone. True if all recovered.
 * An exception in a fault's step is a bug of ours: it aborts the run, and everything injected is undone all the same.
 */
export async function runSchedule(state: RunState): Promise<boolean> {
  const { faults, timing } = state.context.experiment;
  const gates: Gates = {
    effect: new Map(faults.map((entry) => [entry.id, gate()])),
    tried: new Map(faults.map((entry) => [entry.id, gate()])),
    undone: new Map(faults.map((entry) => [entry.id, gate()])),
    release: gate(),
  };
  const order: Order = [];
  const shift = firstStart(faults);
  const entries = faults.map((entry) => runEntry(state, { entry: shifted(entry, shift), gates, order }));
  const timed = faults
    .filter((entry) => entry.for_s !== undefined)
    .map((entry) => gates.undone.get(entry.id)?.opened);
  // Instant faults may be over long before `hold` is: the wait for it must not keep the process from ending.
  const over = new AbortController();
  const releasing = release(gates, {
    timed,
    hold: () => state.context.clock.sleep(timing.hold * 1_000, AbortSignal.any([state.halted, over.signal])),
  });
  const recovered = await Promise.all(entries);
  over.abort();
  await releasing;
  return recovered.every(Boolean);
}

/** With no entry that starts at once, the earliest `at` is the start. */
function firstStart(faults: readonly FaultEntry[]): number {
  if (faults.some((entry) => entry.start.on === 'begin')) return 0;
  const times = faults.flatMap((entry) => (entry.start.on === 'time' ? [entry.start.at_s] : []));
  return times.length === 0 ? 0 : Math.min(...times);
}

function shifted(entry: FaultEntry, shift: number): FaultEntry {
  if (entry.start.on !== 'time' || shift === 0) return entry;
  const at_s = entry.start.at_s - shift;
  return { ...entry, start: at_s === 0 ? { on: 'begin' } : { on: 'time', at_s } };
}

/** Opens `release` when the last timed entry has ended, or, if there is none, `hold` after the last effect. */
async function release(
  gates: Gates,
  { timed, hold }: { timed: (Promise<void> | undefined)[]; hold: () => Promise<void> },
): Promise<void> {
  if (timed.length > 0) {
    await Promise.all(timed);
  } else {
    await Promise.all([...gates.effect.values()].map((effect) => effect.opened));
    await hold();
  }
  gates.release.open();
}

interface EntryRun {
  entry: FaultEntry;
  gates: Gates;
  order: Order;
}

async function runEntry(state: RunState, run: EntryRun): Promise<boolean> {
  const { entry, gates } = run;
  const made: Live[] = [];
  let ended: HoldEnd = 'with-others';
  try {
    ended = await injectAndHold(state, run, made);
    if (made.length > 0 && !state.halted.aborted) await state.snapshot('hold');
  } catch (error) {
    state.crash(`the fault ${entry.id}`, error);
  }
  gates.effect.get(entry.id)?.open();
  try {
    if (made.length > 0 && ended === 'with-others') await laterTried(run);
    return await undo(state, made.reverse(), () => gates.tried.get(entry.id)?.open());
  } finally {
    gates.tried.get(entry.id)?.open();
    gates.undone.get(entry.id)?.open();
  }
}

/** By its own time: its undo waits for no other. With others, by the release or an abort: in reverse order. */
type HoldEnd = 'by-itself' | 'with-others';

async function injectAndHold(state: RunState, run: EntryRun, made: Live[]): Promise<HoldEnd> {
  const { entry, gates, order } = run;
  await started(state, run);
  if (state.halted.aborted || !(await untilMet(state, entry))) return 'by-itself';
  await injectAll(state, entry, (live) => {
    if (made.length === 0) order.push(entry.id);
    made.push(live);
  });
  gates.effect.get(entry.id)?.open();
  return made.length === 0 ? 'by-itself' : held(state, run);
}

async function started(state: RunState, { entry, gates }: EntryRun): Promise<void> {
  const { start } = entry;
  if (start.on === 'begin') return;
  const halted = aborted(state.halted);
  if (start.on === 'time') {
    await Promise.race([state.begun, halted]);
    const due = (state.origin ?? 0) + seconds(start.at_s);
    await state.context.clock.sleep(Math.max(0, (due - state.context.clock.now()) / 1e6), state.halted);
    return;
  }
  await Promise.race([(start.on === 'effect' ? gates.effect : gates.undone).get(start.of)?.opened, halted]);
}

/** Waits for `until`; aborts the run if it does not come true `within` its time. */
async function untilMet(state: RunState, entry: FaultEntry): Promise<boolean> {
  const condition = state.context.conditions.until.get(entry.id);
  if (condition === undefined || entry.until === undefined) return true;
  const deadline = state.context.clock.now() + seconds(entry.until.within_s);
  while (!state.halted.aborted) {
    if (state.truthOf(condition) === 'true') return true;
    if (state.context.clock.now() >= deadline) {
      state.abort(
        'inject-failed',
        `${entry.id}: \`${condition.text}\` did not come true within ${entry.until.within_s} s`,
      );
      return false;
    }
    await state.context.clock.sleep(TICK_MS, state.halted);
  }
  return false;
}

async function injectAll(state: RunState, entry: FaultEntry, onLive: (live: Live) => void): Promise<void> {
  const fault = state.context.faults.get(entry.fault);
  if (fault === undefined) return;
  const targets = await state.context.choose(entry, state.halted);
  if (!targets.ok) {
    state.abort('inject-failed', `${entry.id}: ${targets.problem.message}`);
    return;
  }
  const limit = pLimit(MADE_AT_ONCE);
  const of = targets.value.length;
  const make = async (target: Target, number: number): Promise<void> => {
    if (state.halted.aborted) return;
    const injected = await inject(state, { entry, fault, target, number, of }, onLive);
    if (!injected.ok) state.abort('inject-failed', `${entry.id}: ${injected.problem.message}`);
  };
  await settled(targets.value.map((target, number) => limit(() => make(target, number))));
}

/** All of them have ended before the first that was rejected is told: what one broke must be known before its undo. */
async function settled(all: readonly Promise<void>[]): Promise<void> {
  for (const one of await Promise.allSettled(all)) if (one.status === 'rejected') throw one.reason;
}

/**
 * Holds: for its `for`; else until the release, or, if that is over already, for `hold`. Nothing is held longer than
 * `limits.duration`.
 */
async function held(state: RunState, { entry, gates }: EntryRun): Promise<HoldEnd> {
  const { context, halted } = state;
  const { experiment, system } = context;
  if (entry.for_s === undefined && context.faults.get(entry.fault)?.duration === 'instant')
    return 'by-itself';
  const released = new AbortController();
  const ended = AbortSignal.any([halted, released.signal]);
  if (entry.for_s !== undefined) {
    await context.clock.sleep(entry.for_s * 1_000, ended);
  } else if (gates.release.isOpen) {
    await context.clock.sleep(experiment.timing.hold * 1_000, ended);
  } else {
    void gates.release.opened.then(() => released.abort());
    await context.clock.sleep(system.limits.duration_s * 1_000, ended);
  }
  return ended.aborted ? 'with-others' : 'by-itself';
}

/** What is ended by the release or by an abort waits for everything injected after it: undo goes in reverse order. */
async function laterTried({ entry, gates, order }: EntryRun): Promise<void> {
  const later = order.slice(order.indexOf(entry.id) + 1);
  await Promise.all(later.map((id) => gates.tried.get(id)?.opened));
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
