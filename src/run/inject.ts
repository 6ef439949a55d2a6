import { type RestoreOptions, restoreAll } from '../guard/restore.ts';
import type { AnyFault, Prepared } from '../model/contracts/fault.ts';
import type { FaultEntry } from '../model/experiment.ts';
import type { Injection, InjectionStep, Target } from '../model/injection.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import type { Nanos } from '../model/time.ts';
import type { InjectionRecord } from '../model/timeline.ts';
import type { RunState } from './state.ts';

/** An injection that was made, or half made: what its undo needs. */
export interface Live {
  entry: FaultEntry;
  fault: AnyFault;
  injection: Injection;
  record: InjectionRecord;
  /** Our undo has begun. */
  undoing: boolean;
  /** The act ended after somebody else had begun to undo the injection: their undo may have missed it. */
  actedLate: boolean;
  /** When the lease on its target was renewed last, by our clock; absent before it is armed there. */
  renewed?: Nanos;
  /** A renewal is under way: the next does not begin. */
  isRenewing?: boolean;
}

const STEP_WITHIN_MS = 20_000;
const EFFECT_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;
/** How much longer than planned a fault may live before the guardian undoes it, in seconds. */
const DEADLINE_MARGIN_S = 30;
/** Arming, acting, and the proof of the effect: what one target may need before the hold begins, in seconds. */
const MAKING_WITHIN_S = (2 * STEP_WITHIN_MS + EFFECT_WITHIN_MS) / 1_000;
/** A run tries this long to undo before it ends as unrecovered and leaves the rest to the guardian, in milliseconds. */
const UNDO_WITHIN_MS = 90_000;

/** How many targets of one entry are made at once. */
export const MADE_AT_ONCE = 16;

/** Why an injection that somebody else has undone was cut short. */
export const TAKEN_OVER = 'its guardian undid it before its time: this process was stopped, or too slow';

/** What one injection is made of, before it has an id. */
export interface Wanted {
  entry: FaultEntry;
  fault: AnyFault;
  target: Target;
  number: number;
  /** How many targets its entry has; they are made `MADE_AT_ONCE`, and held when all are made. */
  of: number;
}

/**
 * Injects one fault into one target by the order of the guarantee: preflight, intent and undo journalled and fsynced,
 * undo armed and seen armed, act, effect proven. `onLive` is called before the act: from then on there is something
 * to undo, whatever is returned or thrown. After an abort nothing more is begun.
 */
export async function inject(
  state: RunState,
  wanted: Wanted,
  onLive: (live: Live) => void,
): Promise<Result<void>> {
  const { world, guard } = state.context;
  const { fault, entry, target } = wanted;
  const prepared = await fault.prepare(world, { target, params: entry.params }, step(state));
  if (!prepared.ok) return prepared;
  if (state.halted.aborted) return fail(aborted);
  const live = plan(state, wanted, prepared.value);
  const intent = mark(state, live, { at: 'intent' });
  if (!intent.ok) return intent;
  state.live.add(live);
  onLive(live);
  const made = await make(state, live);
  if (!made.ok) {
    state.record(live.record, { failed: made.problem.message });
    return made;
  }
  live.actedLate = guard.takenOver(live.injection) !== undefined;
  const written = mark(state, live, { at: 'acted' });
  if (!written.ok) return written;
  await proveEffect(state, live);
  return ok(undefined);
}

/** Arms and acts. What is not in the journal is not done. */
async function make(state: RunState, live: Live): Promise<Result<void>> {
  const { world, guard } = state.context;
  const { fault, injection } = live;
  if (fault.arm !== undefined) {
    const from = state.context.clock.now();
    const armed = await fault.arm(world, injection, step(state));
    if (!armed.ok) return armed;
    live.renewed = from;
  }
  for (const at of ['armed', 'acting'] as const) {
    if (state.halted.aborted) return fail(aborted);
    const written = mark(state, live, { at });
    if (!written.ok) return written;
  }
  const allowed = guard.mayAct(injection);
  return allowed.ok ? fault.act(world, injection, step(state)) : allowed;
}

/**
 * Undoes in the given order and proves; never shares a deadline with the run. `onTried` is called when all are
 * undone, or could not be at the first try. Returns whether every target is as before.
 */
export async function undo(state: RunState, lives: readonly Live[], onTried: () => void): Promise<boolean> {
  const ours = lives.filter((live) => !closedByGuardian(state, live));
  for (const live of ours) live.undoing = true;
  const restored = await restoreAll(
    ours.map((live) => undoOf(state, live)),
    onTried,
  );
  for (const [index, live] of ours.entries()) {
    const one = restored[index];
    if (one?.ok === false) state.record(live.record, { failed: one.problem.message });
    else state.live.delete(live);
  }
  return restored.every((one) => one.ok);
}

/**
 * What the guardian has undone, proven and closed is not touched again: by now others may have changed the target.
 * What it has only begun we do too; both are idempotent.
 */
function closedByGuardian(state: RunState, live: Live): boolean {
  const taken = state.context.guard.takenOver(live.injection);
  if (taken === undefined) return false;
  state.cutShort([live], TAKEN_OVER);
  if (taken !== 'closed' || live.actedLate) return false;
  const t = state.context.clock.now();
  const evidence = {
    ...live.record.evidence,
    recovery: 'its guardian undid it and proved it: see undo.jsonl',
  };
  state.record(live.record, { undone: t, recovered: t, evidence });
  state.live.delete(live);
  return true;
}

function undoOf(state: RunState, live: Live): RestoreOptions {
  const { world, experiment } = state.context;
  const proveWithin_ms = experiment.timing.recover_within * 1_000;
  return {
    fault: live.fault,
    world,
    injection: live.injection,
    // A journal that cannot be written any more must not keep us from undoing.
    onStep: (at, evidence) => void mark(state, live, { at, evidence }),
    onProblem: (problem) => trying(state, `undo of ${live.entry.id}`, problem),
    proveWithin_ms,
    signal: AbortSignal.timeout(UNDO_WITHIN_MS + proveWithin_ms),
  };
}

function plan(state: RunState, wanted: Wanted, prepared: Prepared): Live {
  const { context } = state;
  const { entry, fault, target } = wanted;
  const held_s = entry.for_s ?? context.system.limits.duration_s;
  const rounds = Math.ceil(wanted.of / MADE_AT_ONCE);
  const deadline_s = held_s + rounds * MAKING_WITHIN_S + DEADLINE_MARGIN_S;
  const injection: Injection = {
    id: `${context.run}.${entry.id}.${wanted.number}`,
    run: context.run,
    entry: entry.id,
    fault: fault.name,
    target,
    params: entry.params,
    undo: prepared.undo,
    deadline_s,
    lease_s: prepared.cutsControlPath === true ? deadline_s : context.guard.lease_s,
  };
  const { undo: _hidden, ...shown } = injection;
  const record: InjectionRecord = {
    injection: shown,
    ...(fault.duration === 'instant' ? { instant: true as const } : {}),
    does: prepared.does,
    // What heals by itself has no undo to show: it is over when it is recovered.
    undoes: fault.undoKind === 'self-heals' ? [] : prepared.undoes,
    evidence: {},
  };
  return { entry, fault, injection, record, undoing: false, actedLate: false };
}

interface Marked {
  at: InjectionStep;
  evidence?: string | undefined;
}

/** Journals a step, then tells it. What could not be journalled and therefore does not follow is not told. */
function mark(state: RunState, live: Live, { at, evidence }: Marked): Result<void> {
  const written = state.context.guard.journal(at, live.injection, evidence);
  const follows = at === 'intent' || at === 'armed' || at === 'acting';
  if (follows && !written.ok) return written;
  const t = state.context.clock.now();
  if (at === 'acting') state.begin();
  state.record(live.record, changeFor(live.record, { at, t, evidence }));
  state.context.emit({ is: 'step', t, step: at, record: live.record });
  return written;
}

function changeFor(
  record: InjectionRecord,
  { at, t, evidence }: { at: InjectionStep; t: number; evidence: string | undefined },
): Partial<InjectionRecord> {
  switch (at) {
    case 'acting':
    case 'acted':
      return { [at]: t };
    case 'undoing':
    case 'undone':
      return record.undoes.length === 0 ? {} : { [at]: t };
    case 'effective':
      return { effective: t, evidence: { ...record.evidence, effect: evidence ?? '' } };
    case 'recovered':
      return { recovered: t, evidence: { ...record.evidence, recovery: evidence ?? '' } };
    default:
      return {};
  }
}

/** Looks until the effect is seen. Not seen in time: the predictions become unknown, the run goes on to its undo. */
async function proveEffect(state: RunState, live: Live): Promise<void> {
  const { context } = state;
  const within = AbortSignal.any([state.halted, AbortSignal.timeout(EFFECT_WITHIN_MS)]);
  for (;;) {
    const look = await live.fault.effect(
      context.world,
      live.injection,
      AbortSignal.any([within, step(state)]),
    );
    if (look.is === 'yes') {
      mark(state, live, { at: 'effective', evidence: look.evidence });
      return;
    }
    if (state.halted.aborted) return;
    if (within.aborted) {
      state.record(live.record, { failed: `no effect was seen: ${look.evidence}` });
      return;
    }
    await context.clock.sleep(LOOK_EVERY_MS, within);
  }
}

const step = (state: RunState): AbortSignal =>
  AbortSignal.any([state.halted, AbortSignal.timeout(STEP_WITHIN_MS)]);

const aborted: Problem = {
  code: 'inject-failed',
  message: 'the run was aborted before the fault was made',
  fix: 'Run it again.',
};

function trying(state: RunState, what: string, problem: Problem): void {
  state.context.emit({ is: 'trying', t: state.context.clock.now(), what, problem });
}
