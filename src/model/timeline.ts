import type { Injection } from './injection.ts';
import type { Nanos, Span } from './time.ts';

/** What became of one injection; times are absent for what did not happen. */
export interface InjectionRecord {
  /** Without its undo payload. */
  injection: Omit<Injection, 'undo'>;
  does: readonly string[];
  undoes: readonly string[];
  /** Its fault is over by itself (`Fault.duration`): over once it is `recovered`, not once it is `undone`. */
  instant?: true;
  /** Just before and just after the act; the effect was proven at `effective`. */
  acting?: Nanos;
  acted?: Nanos;
  effective?: Nanos;
  undoing?: Nanos;
  undone?: Nanos;
  recovered?: Nanos;
  /** Evidence, in words, of effect and recovery. */
  evidence: { effect?: string; recovery?: string };
  /** The lease ran out before its time and the undo came early: predictions become unknown. */
  cutShort?: string;
  /** Why it failed, where it did. */
  failed?: string;
}

/** Why a run ended before its time; the first reason wins. */
export interface AbortRecord {
  t: Nanos;
  by: 'condition' | 'interrupt' | 'stop' | 'signal-failed' | 'inject-failed' | 'cut-short';
  text: string;
}

/** Wall time at a moment of our clock, for people. A jump makes times that span it unknown. */
export interface Anchor {
  t: Nanos;
  wall_ms: number;
}

/** A human's line, during or after the run. */
export interface Note {
  t: Nanos;
  text: string;
  /** A file in the run folder's `attachments/`. */
  picture?: string;
}

/** The skeleton of a run, from which the windows follow. All of it is in the recording. */
export interface Timeline {
  run: string;
  seed: string;
  version: string;
  anchors: readonly Anchor[];
  jumps: readonly Span[];
  /** Signals observe and the baseline begins. */
  baseline?: Nanos;
  injections: readonly InjectionRecord[];
  abort?: AbortRecord;
  /** Why nothing was injected, where nothing was. */
  notStarted?: string;
  /** The signals have stopped; absent if the run was killed. */
  ended?: Nanos;
  notes: readonly Note[];
}

/** The windows of a run (design, section 2). Those after the first injection are absent where there was none. */
export interface Windows {
  run: Span;
  baseline: Span;
  fault?: Span;
  recovery?: Span;
  /** From the first injection, its effect proven, to the end: where bare times and states are looked for. */
  sinceFault?: Span;
  /** The moment `_s` measures count from: when the first act began. */
  origin?: Nanos;
}

/** One line of a run's skeleton as it is recorded; `Timeline` is folded from them in order. */
export type Mark =
  | { is: 'start'; t: Nanos; run: string; seed: string; version: string }
  | { is: 'anchor'; t: Nanos; wall_ms: number }
  | { is: 'jump'; from: Nanos; to: Nanos }
  | { is: 'baseline'; t: Nanos }
  /** Replaces what was said before of the same injection. */
  | { is: 'injection'; t: Nanos; record: InjectionRecord }
  | { is: 'abort'; t: Nanos; abort: AbortRecord }
  | { is: 'not-started'; t: Nanos; why: string }
  | ({ is: 'note' } & Note)
  | { is: 'ended'; t: Nanos };
