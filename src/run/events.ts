import type { InjectionStep } from '../model/injection.ts';
import type { Truth } from '../model/measure.ts';
import type { Problem } from '../model/result.ts';
import type { Nanos } from '../model/time.ts';
import type { AbortRecord, InjectionRecord } from '../model/timeline.ts';

/** `watching`: all of a run that breaks nothing. */
export type Phase = 'start' | 'watching' | 'baseline' | 'fault' | 'recovery' | 'end';

/** What a run tells whoever watches it live; the recording holds the same facts as marks. */
export type RunEvent =
  /** `ends` is the expected end, where there is one. */
  | { is: 'phase'; t: Nanos; phase: Phase; ends?: Nanos }
  | { is: 'step'; t: Nanos; step: InjectionStep; record: InjectionRecord }
  | { is: 'trying'; t: Nanos; what: string; problem: Problem }
  | { is: 'steady'; t: Nanos; truth: Truth; why?: string }
  /** `open` injections have been made, or begun, and are undone now. */
  | { is: 'abort'; t: Nanos; abort: AbortRecord; open: number }
  | { is: 'not-started'; t: Nanos; why: string };
