import { seriesKey } from '../../model/samples.ts';
import { NANOS_PER_SECOND, type Nanos, type Span } from '../../model/time.ts';
import { type LookAt, seenIn } from '../findings/buckets.ts';
import { segmentsOf } from '../measures/segments.ts';
import { type Candidate, isBlind, type Outcome } from './candidate.ts';
import { rate } from './promql.ts';

/** A gauge as it is scraped: its last value, unless it was not observed or had none. */
export function gaugeAt(at: LookAt, run: Span): Candidate['scrape'] {
  const { gaps } = seenIn(at, run);
  const points = at.samples.points(seriesKey(at.signal.name, at.series.name), run);
  return (times) => {
    let index = 0;
    const values = times.map((t): Outcome => {
      while ((points[index]?.t ?? Number.POSITIVE_INFINITY) <= t) index += 1;
      const held = points[index - 1]?.value;
      return typeof held === 'number' && !isBlind(gaps, t, t) ? held : 'unknown';
    });
    return ({ last }) => values[last] ?? 'none';
  };
}

/** A gauge that is the rate of somebody's counter: the counter is its integral, and has been counting for long. */
export function counterAt(at: LookAt, run: Span): Candidate['scrape'] {
  const seen = seenIn(at, run);
  const segments = segmentsOf(seen);
  const empty = segments.filter(({ value }) => typeof value !== 'number');
  const blind = [...seen.gaps, ...empty];
  return (times) => {
    const counts = integrals(segments, times);
    return (range) => {
      const [from, to] = [times[range.first] ?? range.at, times[range.last] ?? range.at];
      return isBlind(blind, from, to) ? 'unknown' : (rate(counts, range) ?? 'none');
    };
  };
}

const LONG_BEFORE = 1e9;

function integrals(segments: ReturnType<typeof segmentsOf>, times: readonly Nanos[]): Float64Array {
  let [index, whole] = [0, LONG_BEFORE];
  const part = (segment: (typeof segments)[number] | undefined, until: Nanos): number =>
    segment === undefined || typeof segment.value !== 'number'
      ? 0
      : (segment.value * Math.max(0, until - segment.from)) / NANOS_PER_SECOND;
  return Float64Array.from(times, (t) => {
    while ((segments[index]?.to ?? Number.POSITIVE_INFINITY) <= t) {
      whole += part(segments[index], segments[index]?.to ?? t);
      index += 1;
    }
    return whole + part(segments[index], t);
  });
}
