import type { Truth } from '../../model/measure.ts';
import { NANOS_PER_SECOND, type Nanos, seconds } from '../../model/time.ts';
import type { RunEvent } from '../../run/events.ts';

/** Where a run is, as its events tell: for the line that says so. */
export interface Progress {
  event(event: RunEvent): void;
  now(t: Nanos): Now;
}

export interface Now {
  /** `baseline`, `fault`, `undoing`, `recovery`. */
  phase: string;
  /** `12 s left`; empty where nobody can tell. */
  left: string;
  steady: Truth;
  why: string;
}

/** Follows a run; `holds` says for how many seconds each entry is held. */
export function progressOf(holds: ReadonlyMap<string, number>): Progress {
  let phase: (RunEvent & { is: 'phase' }) | undefined;
  let steady: (RunEvent & { is: 'steady' }) | undefined;
  let aborted = false;
  const held = new Map<string, Nanos>();
  let undoing = 0;
  return {
    event: (event) => {
      if (event.is === 'phase') phase = event;
      if (event.is === 'steady') steady = event;
      if (event.is === 'abort') aborted = true;
      if (event.is !== 'step') return;
      const { id, entry } = event.record.injection;
      if (event.step === 'effective') held.set(id, event.t + seconds(holds.get(entry) ?? 0));
      if (event.step === 'undoing') undoing += 1;
      if (event.step === 'recovered') undoing -= 1;
    },
    now: (t) => {
      const ends = phase?.phase === 'fault' ? Math.max(-1, ...held.values()) : phase?.ends;
      const isUndoing = phase?.phase === 'fault' && (aborted || undoing > 0);
      return {
        phase: isUndoing ? 'undoing' : (phase?.phase ?? 'start'),
        left: isUndoing ? '' : leftText(ends, t),
        steady: steady?.truth ?? 'unknown',
        why: steady?.why ?? 'not known yet',
      };
    },
  };
}

const leftText = (ends: Nanos | undefined, now: Nanos): string =>
  ends === undefined || ends <= now ? '' : `${Math.ceil((ends - now) / NANOS_PER_SECOND)} s left`;
