import type { AlertReplay } from '../../model/alert.ts';
import { bounded, censored, type Measured, unknown } from '../../model/measure.ts';
import { type Nanos, type Span, secondsBetween } from '../../model/time.ts';
import type { Candidate } from './candidate.ts';
import {
  type Condition,
  type Evaluation,
  firstFiring,
  rangeOf,
  rhythms,
  type Track,
  trackOf,
} from './track.ts';

/** The run that a rule is replayed on. */
export interface Stage {
  run: Span;
  /** The first injection. */
  origin: Nanos;
  /** When it was all over: undone and steady again. */
  over: Nanos;
}

/** One expression, evaluated with one interval, wherever the scrapes fall. */
export interface Tracks {
  candidate: Candidate;
  interval_s: number;
  all: readonly Track[];
}

export const tracksOf = (candidate: Candidate, run: Span, interval_s: number): Tracks => ({
  candidate,
  interval_s,
  all: rhythms(interval_s).map((rhythm) => trackOf(candidate, run, rhythm)),
});

const numbersIn = (track: Track, until: (one: Evaluation) => boolean): number[] =>
  track.flatMap((one) => (typeof one.value === 'number' && until(one) ? [one.value] : []));

/** The value that is furthest on the side on which it fires; undefined of none. */
export const furthest = (fires: Candidate['fires'], values: readonly number[]): number | undefined =>
  values.reduce<number | undefined>(
    (best, one) => (best === undefined || (fires === 'above' ? one > best : one < best) ? one : best),
    undefined,
  );

const nearest = (fires: Candidate['fires'], values: readonly number[]): number | undefined =>
  furthest(fires === 'above' ? 'below' : 'above', values);

/** The value of the baseline that is nearest to firing; undefined where it had none. */
export function worstInBaseline({ candidate, all }: Tracks, { origin }: Stage): number | undefined {
  return furthest(
    candidate.fires,
    all.flatMap((track) => numbersIn(track, ({ t }) => t <= origin)),
  );
}

/** The value that the fault reached and held for `for`, wherever the scrapes fall; undefined where it had none. */
export function levelInFault(
  { candidate, all, interval_s }: Tracks,
  { origin, over }: Stage,
  for_s: number,
): number | undefined {
  const needed = 1 + Math.ceil(for_s / interval_s);
  const each = all.map((track) => {
    const values = numbersIn(track, ({ t }) => t > origin && t <= over);
    const held = values.flatMap((_, index) => {
      const together = values.slice(index, index + needed);
      return together.length < needed ? [] : [nearest(candidate.fires, together) ?? 0];
    });
    return furthest(candidate.fires, held);
  });
  const known = each.filter((one) => one !== undefined);
  return known.length < each.length ? undefined : nearest(candidate.fires, known);
}

/** What a rule does in a run (see `AlertReplay`). */
export function replay(
  { candidate, interval_s, all }: Tracks,
  condition: Condition,
  stage: Stage,
): AlertReplay {
  const { origin, over } = stage;
  const before = all.map((track) => track.filter(({ t }) => t <= origin));
  const evaluations = Math.min(...before.map((track) => numbersIn(track, () => true).length));
  const fires = firing(all, condition, stage);
  const latest = fires.is === 'value' ? Number(fires.value) : fires.is === 'bounded' ? fires.max : undefined;
  return {
    interval_s,
    ...(candidate.ranged ? { range_s: rangeOf(interval_s) } : {}),
    for_s: condition.for_s,
    baseline: baselineOf(before, condition, evaluations),
    evaluations,
    fires,
    inTime: latest !== undefined && latest <= secondsBetween(origin, over),
  };
}

function baselineOf(
  before: readonly Track[],
  condition: Condition,
  evaluations: number,
): AlertReplay['baseline'] {
  if (before.some((track) => firstFiring(track, condition, { unknown: false }) !== undefined)) return 'fires';
  const unseen = before.some((track) => track.some(({ value }) => value === 'unknown'));
  return evaluations === 0 || unseen ? 'unknown' : 'silent';
}

function firing(all: readonly Track[], condition: Condition, { run, origin }: Stage): Measured {
  const firings = (unknown: boolean): number[] =>
    all.flatMap((track) => {
      const t = firstFiring(track, condition, { unknown, after: origin });
      return t === undefined ? [] : [secondsBetween(origin, t)];
    });
  const [earliest, latest] = [firings(true), firings(false)];
  if (earliest.length === 0) return censored(secondsBetween(origin, run.to));
  if (latest.length === all.length) return bounded(Math.min(...earliest), Math.max(...latest));
  return unknown(
    earliest.length > latest.length
      ? 'not all that it looks at was observed'
      : `it depends on when the scrapes fall: ${latest.length} of ${all.length} ways that were tried fire`,
  );
}
