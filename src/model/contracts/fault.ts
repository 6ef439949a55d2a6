import type { z } from 'zod';
import type { Injection, Target, UndoKind } from '../injection.ts';
import type { JsonObject } from '../json.ts';
import type { Problem, Result } from '../result.ts';
import type { World } from './world.ts';

/** What a target specification matches now. */
export interface Candidates {
  /** What may be chosen; `pick` draws from these. For a role: the present holder. */
  found: readonly Target[];
  /** Everything that could be found later instead (all members that may hold the role); limits hold for all. */
  possible?: readonly Target[];
  /**
   * The redundant set that is reduced (`pods of deployment/x`), for the percent of `limits`; `taken` of `size`
   * are gone if one target is chosen. Absent where nothing is taken away.
   */
  set?: { name: string; size: number; takenEach: number };
}

/** What will be done, in the words of the system below. */
export interface Prepared {
  /** Exact API calls or commands, in order. */
  does: readonly string[];
  undoes: readonly string[];
  /** See `Injection.undo`. */
  undo: JsonObject;
  /** What a reader should know before saying yes (`all 2 pods are replaced one by one`). */
  notes?: readonly string[];
  /** What undoes this one when we are gone, where its parameters or its target make that another line than the fault's own. */
  guarantee?: string;
  /** A fault that can cut our own path to the target: its lease is its deadline. */
  cutsControlPath?: boolean;
}

/** One look at whether something is so. `unsure`: we could not see (the API is away): keep looking. */
export type Look = { is: 'yes' | 'no' | 'unsure'; evidence: string };

/** How long a fault lasts: `instant` is over when its effect is; `held` until it is undone. */
export type Duration = 'instant' | 'held';

/**
 * One way of breaking a target. The steps are called in the order of design section 4: resolve, prepare, (journal),
 * arm, act, effect, (hold, renew), undo, recovered, disarm. Each takes only the world and the injection, which is
 * JSON, so that undo, recovered and disarm work in another process that knows nothing of the run.
 *
 * `W` is the part of the world it needs. Every step takes a signal and honours it; none waits without a deadline.
 */
export interface Fault<P extends JsonObject, S, W = World> {
  /** `kubernetes.pod.delete`; also its file's place. */
  name: string;
  summary: string;
  duration: Duration;
  undoKind: UndoKind;
  /** Whether nothing undoes it with these parameters; it is then refused like the kind `none`. */
  irreversible?(params: P): boolean;
  /** The accident table's line: what undoes it when we are gone. Printed by `plan`. */
  guarantee: string;
  /** `with:` */
  params: z.ZodType<P>;
  /** `target:` without `pick`. */
  target: z.ZodType<S>;
  /** Rights, binaries and kinds of host needed, as `aftershock faults NAME` shows them. */
  needs: readonly string[];
  /** A complete entry under `faults:`, in YAML. */
  example: string;

  /** Finds the targets; reads only. The params are there because how much a target loses can depend on them. */
  resolve(world: W, wanted: { target: S; params: P }, signal: AbortSignal): Promise<Result<Candidates>>;
  /** Preflight: rights, suitability, current state to restore; reads only. */
  prepare(world: W, wanted: { target: Target; params: P }, signal: AbortSignal): Promise<Result<Prepared>>;
  /** Puts the undo on the target and sees it armed. Absent where nothing can be left behind. */
  arm?(world: W, injection: Injection, signal: AbortSignal): Promise<Result<void>>;
  act(world: W, injection: Injection, signal: AbortSignal): Promise<Result<void>>;
  /** Is the fault visible on the target? */
  effect(world: W, injection: Injection, signal: AbortSignal): Promise<Look>;
  /** Renews the lease that is kept on the target. Absent where the run's guardian keeps it. */
  renew?(world: W, injection: Injection, signal: AbortSignal): Promise<Result<void>>;
  /** Idempotent; tolerates a half-done act; never finds the target again by role. */
  undo(world: W, injection: Injection, signal: AbortSignal): Promise<Result<void>>;
  /** Is the target as it was before? */
  recovered(world: W, injection: Injection, signal: AbortSignal): Promise<Look>;
  /** Takes our marks off the target. Called after `recovered` said yes. */
  disarm?(world: W, injection: Injection, signal: AbortSignal): Promise<Result<void>>;
}

/** A fault with its types forgotten, as registries hold it. Params and target are parsed by its schemas first. */
export type AnyFault = Fault<JsonObject, unknown>;

/** Forgets a fault's own types; sound because the loader parses `with` and `target` by the fault's schemas. */
export function defineFault<P extends JsonObject, S>(fault: Fault<P, S>): AnyFault {
  return fault as unknown as AnyFault;
}

/** An injection found on a target by our mark, without any local state. */
export interface Leftover {
  injection: Injection;
  /** Its run's lock was renewed in time, or cannot be read: it may be alive. */
  fresh: boolean;
  /** Of a fresh one whose lock can be read: seconds since it was renewed, and until it runs out. */
  lock?: { renewedAgo_s: number; freeIn_s: number };
}

export interface Leftovers {
  found: readonly Leftover[];
  /** What bears our mark and cannot be read: never passed over in silence. */
  unreadable: readonly Problem[];
}

/**
 * A part of a system: what keeps the lock and shows what was left behind. One for the cluster of the system file
 * (`kubernetes:`), one for each of its hosts.
 */
export interface Ground<W = World> {
  name: string;
  /** Takes the lock for a run, or says who holds it. */
  lock(world: W, holder: LockHolder, signal: AbortSignal): Promise<Result<void>>;
  renew(world: W, holder: LockHolder, signal: AbortSignal): Promise<Result<void>>;
  /** Gives it back; a lock that somebody else holds is left alone. */
  unlock(world: W, holder: LockHolder, signal: AbortSignal): Promise<Result<void>>;
  leftovers(world: W, signal: AbortSignal): Promise<Result<Leftovers>>;
  /** The system as it is now, without secrets, with what could not be read; for the recording. Reads only. */
  snapshot(world: W, signal: AbortSignal): Promise<Result<JsonObject>>;
}

export interface LockHolder {
  run: string;
  lease_s: number;
}
