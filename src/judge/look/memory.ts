import type { Samples, SeriesKey } from '../../model/samples.ts';
import type { Nanos, Span } from '../../model/time.ts';

const EVERYTHING: Span = { from: 0, to: Number.MAX_SAFE_INTEGER };

/**
 * The same samples, each series read once and then served from memory by binary search: for code that asks for
 * thousands of windows, such as the sliding evaluator over a recording.
 */
export function inMemory(samples: Samples): Samples {
  const operations = remember((series) => samples.operations(series, EVERYTHING));
  const points = remember((series) => samples.points(series, EVERYTHING));
  const events = remember((series) => samples.events(series, EVERYTHING));
  const gaps = remember((series) => samples.gaps(series, EVERYTHING));
  return {
    end: samples.end,
    operations: (series, span) => slice(operations(series), span, (operation) => operation.intended),
    points: (series, span) => {
      const all = points(series);
      const from = firstAtOrAfter(all, span.from, (point) => point.t);
      return all.slice(
        Math.max(0, from - 1),
        firstAtOrAfter(all, span.to, (point) => point.t),
      );
    },
    events: (series, span) => slice(events(series), span, (event) => event.t),
    gaps: (series, span) =>
      gaps(series)
        .filter((gap) => gap.from < span.to && gap.to > span.from)
        .map((gap) => ({ from: Math.max(gap.from, span.from), to: Math.min(gap.to, span.to) })),
  };
}

function remember<T>(read: (series: SeriesKey) => readonly T[]): (series: SeriesKey) => readonly T[] {
  const known = new Map<SeriesKey, readonly T[]>();
  return (series) => {
    const rows = known.get(series) ?? read(series);
    known.set(series, rows);
    return rows;
  };
}

function slice<T>(rows: readonly T[], span: Span, time: (row: T) => Nanos): readonly T[] {
  return rows.slice(firstAtOrAfter(rows, span.from, time), firstAtOrAfter(rows, span.to, time));
}

/** The index of the first row at or after a moment; the number of rows if there is none. Rows are ordered by time. */
function firstAtOrAfter<T>(rows: readonly T[], t: Nanos, time: (row: T) => Nanos): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row !== undefined && time(row) < t) low = middle + 1;
    else high = middle;
  }
  return low;
}
