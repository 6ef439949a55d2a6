import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BUCKET, Lateness, Schedule } from './schedule.ts';

const MS = 1e6;

describe('a schedule', () => {
  test('property: however it is asked, operations are evenly spaced and none is early, lost or doubled', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 400 * MS }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 5_000, noNaN: true }), waits, (rate, steps) => {
        const schedule = new Schedule(7, rate);
        let now = 7;
        let taken = 0;
        for (const step of steps) {
          now += step;
          for (let one = schedule.take(now); one !== undefined; one = schedule.take(now)) {
            expect(one).toBe(Math.round(7 + (taken * 1e9) / rate));
            expect(one).toBeLessThanOrEqual(now);
            taken += 1;
          }
          expect(schedule.next).toBeGreaterThan(now);
        }
      }),
    );
  });
});

describe('lateness', () => {
  test('is the worst of each bucket; a bucket without trouble is 0', () => {
    const lateness = new Lateness(0);
    lateness.note(10 * MS, 12 * MS);
    lateness.note(20 * MS, 21 * MS);
    lateness.note(250 * MS, 251 * MS);
    expect(lateness.take(3 * BUCKET)).toEqual([
      { t: 0, error: 2 * MS },
      { t: BUCKET, error: 0 },
      { t: 2 * BUCKET, error: 1 * MS },
    ]);
    expect(lateness.take(3 * BUCKET)).toEqual([]);
  });

  test('of a stall is told for every bucket that it covers, as an operation in it would have suffered', () => {
    const lateness = new Lateness(0);
    lateness.note(50 * MS, 320 * MS);
    expect(lateness.take(4 * BUCKET).map(({ error }) => error / MS)).toEqual([270, 220, 120, 20]);
  });

  test('a bucket that was already told does not change', () => {
    const lateness = new Lateness(0);
    lateness.take(BUCKET);
    lateness.note(50 * MS, 120 * MS);
    lateness.mark(50 * MS, 900 * MS);
    expect(lateness.take(2 * BUCKET)).toEqual([{ t: BUCKET, error: 20 * MS }]);
  });
});
