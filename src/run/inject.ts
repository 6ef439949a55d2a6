import { restore } from '../guard/restore.ts';
import type { AnyFault, Prepared } from '../model/contracts/fault.ts';
import type { FaultEntry } from '../model/experiment.ts';
import type { Injection, InjectionStep, Target } from '../model/injection.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import type { InjectionRecord } from '../model/timeline.ts';
import type { RunState } from './state.ts';

/** An injection that was made, or half made: what its undo needs. */
export interface Live {
  entry: FaultEntry;
  fault: AnyFault;
  injection: Injection;
  record: InjectionRecord;
}

const STEP_WITHIN_MS = 20_000;
const EFFECT_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;
/** How much longer than planned a fault may live before the guard undoes it, in seconds. */
const DEADLINE_MARGIN_S = 30;
/** A run tries this long to undo before it ends as unrecovered and leaves the rest to the guardian, in milliseconds. */
const UNDO_WITHIN_MS = 90_000;

/** What one injection is made of, before it has an id. */
export interface Wanted {
  entry: FaultEntry;
  fault: AnyFault;
  target: Target;
  number: number;
}

/**
 * Injects one fault into one target by the order of the guarantee: preflight, intent and undo journalled and fsynced,
 * undo armed and seen armed, act, effect proven. `onLive` is called before the act: from then on there is something
 * to undo, whatever is returned.
 */
export async function inject(
  state: RunState,
  wanted: Wanted,
  onLive: (live: Live) => void,
): Promise<Result<void>> {
  const { world } = state.context;
  const { fault, entry, target } = wanted;
  const prepared = await fault.prepare(world, { target, params: entry.params }, step(state));
  if (!prepared.ok) return prepared;
  const live = plan(state, wanted, prepared.value);
  const journal = (at: InjectionStep): Result<void> => mark(state, live, { at });

  const intent = journal('intent');
  if (!intent.ok) return intent;
  state.live.add(live);
  onLive(live);
  if (fault.arm !== undefined) {
    const armed = await fault.arm(world, live.injection, step(state));
    if (!armed.ok) return failed(state, live, armed.problem);
  }
  for (const before of ['armed', 'acting'] as const) {
    const written = journal(before);
    if (!written.ok) return failed(state, live, written.problem);
  }
  const acted = await fault.act(world, live.injection, step(state));
  if (!acted.ok) return failed(state, live, acted.problem);
  const written = journal('acted');
  if (!written.ok) return failed(state, live, written.problem);
  await proveEffect(state, live);
  return ok(undefined);
}

/** Undoes and proves; never shares a deadline with the run. Returns whether the target is as before. */
export async function undo(state: RunState, live: Live): Promise<boolean> {
  const restored = await restore({
    fault: live.fault,
    world: state.context.world,
    injection: live.injection,
    // A journal that cannot be written any more must not keep us from undoing.
    onStep: (at, evidence) => void mark(state, live, { at, evidence }),
    onProblem: (problem) => trying(state, `undo of ${live.entry.id}`, problem),
    proveWithin_ms: state.context.experiment.timing.recover_within * 1_000,
    signal: AbortSignal.timeout(UNDO_WITHIN_MS + state.context.experiment.timing.recover_within * 1_000),
  });
  if (restored.ok) state.live.delete(live);
  else state.record(live.record, { failed: restored.problem.message });
  return restored.ok;
}

function plan(state: RunState, wanted: Wanted, prepared: Prepared): Live {
  const { context } = state;
  const { entry, fault, target } = wanted;
  const held_s = entry.for_s ?? context.system.limits.duration_s;
  const deadline_s = held_s + DEADLINE_MARGIN_S;
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
  return { entry, fault, injection, record };
}

interface Marked {
  at: InjectionStep;
  evidence?: string | undefined;
}

function mark(state: RunState, live: Live, { at, evidence }: Marked): Result<void> {
  const written = state.context.guard.journal(at, live.injection, evidence);
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
    if (within.aborted) {
      state.record(live.record, { failed: `no effect was seen: ${look.evidence}` });
      return;
    }
    await context.clock.sleep(LOOK_EVERY_MS, within);
  }
}

const step = (state: RunState): AbortSignal =>
  AbortSignal.any([state.halted, AbortSignal.timeout(STEP_WITHIN_MS)]);

function failed(state: RunState, live: Live, problem: Problem): Result<never> {
  state.record(live.record, { failed: problem.message });
  return fail(problem);
}

function trying(state: RunState, what: string, problem: Problem): void {
  state.context.emit({ is: 'trying', t: state.context.clock.now(), what, problem });
}
