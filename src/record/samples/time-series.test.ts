import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimeSeries } from './time-series.ts';

interface Row {
  t: number;
  id: number;
}

const moment = fc.integer({ min: 0, max: 40 });
const step = fc.oneof(
  fc.record({ add: moment }),
  fc.record({ from: moment, length: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ forget: moment }),
);

test('gives the same as sorting a list and looking through it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const series = new TimeSeries<Row>((row) => row.t);
      let rows: Row[] = [];
      for (const [id, one] of steps.entries()) {
        // Stable: rows of the same time stay in the order they came.
        const sorted = rows.toSorted((a, b) => a.t - b.t);
        if ('add' in one) {
          series.add({ t: one.add, id });
          rows.push({ t: one.add, id });
        } else if ('forget' in one) {
          const last = sorted.findLastIndex((row) => row.t < one.forget);
          expect(series.forget(one.forget)).toBe(Math.max(0, last));
          rows = sorted.slice(Math.max(0, last));
        } else {
          const span = { from: one.from, to: one.from + one.length };
          const within = sorted.filter((row) => row.t >= span.from && row.t < span.to);
          const before = sorted.filter((row) => row.t < span.from).slice(-1);
          const after = sorted.filter((row) => row.t >= span.to).slice(0, 1);
          expect(series.within(span)).toEqual(within);
          expect(series.withOneBefore(span)).toEqual([...before, ...within]);
          expect(series.around(span)).toEqual([...before, ...within, ...after]);
        }
        expect(series.size).toBe(rows.length);
      }
    }),
  );
});
