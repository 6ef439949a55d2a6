import { type Measured, unknown, value } from '../../model/measure.ts';
import type { Samples, SeriesKey } from '../../model/samples.ts';
import { MISSED, OK, type Operation } from '../../model/series.ts';
import type { Span } from '../../model/time.ts';
import type { Observed } from '../look/observed.ts';
import { atLeast } from '../words.ts';
import { IN_FLIGHT, LONGEST_OPERATION } from './ended.ts';

/**
 * The operations that were in flight at any time during an act: sent before it was over, not ended before it began.
 * An act takes a while, and nobody can say when in it the target felt it.
 */
export function inFlightDuring(samples: Samples, key: SeriesKey, act: Span): Operation[] {
  return samples
    .operations(key, { from: act.from - LONGEST_OPERATION, to: act.to })
    .filter(
      ({ sent, done, kind }) =>
        kind !== MISSED && sent !== null && sent < act.to && (done === null || done >= act.from),
    );
}

/** How many of those in flight at the first injection failed; unknown where there were none: nothing was put to the test. */
export function inFlightLost({ samples, key, firstAct, signal }: Observed): Measured {
  if (firstAct === undefined) return unknown('nothing was injected');
  const inFlight = inFlightDuring(samples, key, firstAct);
  const lost = inFlight.filter(({ kind, done }) => done !== null && kind !== OK).length;
  if (inFlight.some(({ done }) => done === null)) return atLeast(lost);
  const oldest = Math.min(firstAct.from, ...inFlight.map(({ intended }) => intended));
  const soon = Math.min(firstAct.to + IN_FLIGHT, samples.end);
  const newest = Math.max(firstAct.to + 1, soon, ...inFlight.map(({ done }) => done ?? 0));
  const gap = samples.gaps(key, { from: oldest, to: newest })[0];
  if (gap !== undefined && lost === 0 && (inFlight.length === 0 || gap.from <= oldest))
    return unknown(`${signal.name} was not observed`);
  if (inFlight.length === 0) return unknown('nothing was in flight at the first injection');
  return gap === undefined ? value(lost) : atLeast(lost);
}
