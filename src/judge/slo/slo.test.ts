import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Measured } from '../../model/measure.ts';
import type { Operation } from '../../model/series.ts';
import type { Slo } from '../../model/slo.ts';
import { fakeContext, span } from '../fake-run.ts';
import { type FakeRecording, fakeLoad, fakeOperation, fakePoints } from '../fake-samples.ts';
import { NO_UPPER_BOUND } from '../words.ts';
import { slosOf } from './slo.ts';

const DAY_S = 86_400;
const voting: Slo = { name: 'voting', signal: 'votes', objective_percent: 99, window_s: 30 * DAY_S };

/** A run of 30 s, with the fault from 10 s to 20 s. */
function judged(operations: readonly Operation[], of: Partial<Slo> = {}, more: Partial<FakeRecording> = {}) {
  const context = fakeContext({ operations: { 'votes.requests': operations }, ...more });
  const [found] = slosOf([{ ...voting, ...of }], context);
  if (found === undefined) throw new Error('no objective');
  return found;
}

const healthy = fakeLoad({ from_s: 0, to_s: 10, rate_per_s: 10, latency_ms: 5 });
const rest = fakeLoad({ from_s: 20, to_s: 30, rate_per_s: 10, latency_ms: 5 });
/** 100 operations in the fault, of which 20 fail. */
const failing = [
  ...fakeLoad({ from_s: 10, to_s: 18, rate_per_s: 10, latency_ms: 5 }),
  ...fakeLoad({ from_s: 18, to_s: 20, rate_per_s: 10, latency_ms: 5, kind: 'refused' }),
];
const whole = [...healthy, ...failing, ...rest];

const near = (measured: Measured | undefined, wanted: number): void => {
  expect(measured).toMatchObject({ is: 'value' });
  if (measured?.is === 'value') expect(measured.value).toBeCloseTo(wanted, 9);
};

test('good and all by window, burn rate, budget spent, and how long it would last', () => {
  const found = judged(whole);
  expect(found.shares.map(({ window, good, total }) => [window, good, total])).toEqual([
    ['baseline', { is: 'value', value: 100 }, { is: 'value', value: 100 }],
    ['fault', { is: 'value', value: 80 }, { is: 'value', value: 100 }],
    ['recovery', { is: 'value', value: 100 }, { is: 'value', value: 100 }],
    ['run', { is: 'value', value: 280 }, { is: 'value', value: 300 }],
  ]);
  near(found.burnRate, 20);
  near(found.spent, 20 / (10 * 30 * DAY_S * 0.01));
  near(found.goneAfter_s, 1.5 * DAY_S);
  near(found.repeats, (10 * 30 * DAY_S * 0.01) / 20);
});

test('slow is bad only where the objective says within what', () => {
  const slow = [...healthy, ...fakeLoad({ from_s: 10, to_s: 20, rate_per_s: 10, latency_ms: 400 }), ...rest];
  near(judged(slow).burnRate, 0);
  near(judged(slow, { within_ms: 300 }).burnRate, 100);
  near(judged(slow, { within_ms: 400 }).burnRate, 0);
});

test('where nothing was bad nothing is spent, and there is no end of the budget to tell', () => {
  const found = judged([
    ...healthy,
    ...fakeLoad({ from_s: 10, to_s: 20, rate_per_s: 10, latency_ms: 5 }),
    ...rest,
  ]);
  expect(found.spent).toEqual({ is: 'value', value: 0 });
  expect(found).not.toHaveProperty('goneAfter_s');
  expect(found).not.toHaveProperty('repeats');
});

test('what we could not send, and what had not ended, may have been good or bad', () => {
  const missed = fakeLoad({ from_s: 10, to_s: 20, rate_per_s: 10, latency_ms: 5, kind: 'missed' });
  const inFlight = fakeOperation({ at_s: 29.9, latency_ms: null });
  const found = judged([...healthy, ...missed, ...failing, ...rest.slice(0, -1), inFlight]);
  expect(found.burnRate).toEqual({ is: 'bounded', min: 10, max: expect.closeTo(60) });
  expect(found.shares.at(-1)).toMatchObject({
    good: { is: 'bounded', min: 279, max: 380 },
    total: { is: 'value', value: 400 },
  });
});

test('too slow by our own lateness is not known to be bad', () => {
  const late = fakeLoad({ from_s: 10, to_s: 20, rate_per_s: 10, latency_ms: 400 }).map((one) => ({
    ...one,
    sent: one.intended + 200e6,
  }));
  const every = Array.from({ length: 100 }, (_, index) => [10 + index / 10, 200] as const);
  const points = { 'votes.schedule_error_ms': fakePoints(...every) };
  const found = judged([...healthy, ...late, ...rest], { within_ms: 300 }, { points });
  expect(found.burnRate).toEqual({ is: 'bounded', min: 0, max: 100 });
  expect(found.goneAfter_s).toEqual({ is: 'bounded', min: (30 * DAY_S) / 100, max: NO_UPPER_BOUND });
});

test('a gap is reckoned at the rate of the rest, as all good and as all bad', () => {
  const gaps = { 'votes.requests': [span(17, 19)] };
  const seen = whole.filter(({ intended }) => intended < 17e9 || intended >= 19e9);
  const found = judged(seen, {}, { gaps });
  // Those in flight when the gap began went with it: 10 failures were seen, 20 operations of 100 were not.
  expect(found.burnRate).toEqual({ is: 'bounded', min: expect.closeTo(10), max: expect.closeTo(30) });
  expect(found.shares[1]).toMatchObject({ total: { is: 'bounded', min: 80, max: 100 } });
});

test('nothing observed is unknown', () => {
  const found = judged([], {}, { gaps: { 'votes.requests': [span(0, 30)] } });
  expect([found.burnRate, found.spent, found.goneAfter_s].map((one) => one?.is)).toEqual(
    Array(3).fill('unknown'),
  );
  expect(judged(healthy, { signal: 'gone' }).spent.is).toBe('unknown');
});

const bounds = (of: Measured): [number, number] =>
  of.is === 'bounded'
    ? [of.min, of.max]
    : of.is === 'value'
      ? [Number(of.value), Number(of.value)]
      : [0, NO_UPPER_BOUND];

test('hiding operations never excludes the truth', () => {
  const kinds = fc.array(fc.tuple(fc.constantFrom('ok', 'refused', 'timeout'), fc.boolean()), {
    minLength: 30,
    maxLength: 120,
  });
  fc.assert(
    fc.property(kinds, (all) => {
      const made = all.map(([kind], index) =>
        fakeOperation({ at_s: (30 * index) / all.length, latency_ms: 5, kind }),
      );
      const hidden = made.map((one, index) => (all[index]?.[1] === true ? { ...one, kind: 'missed' } : one));
      const [truth, part] = [judged(made), judged(hidden)];
      for (const key of ['burnRate', 'spent'] as const) {
        if (truth[key].is !== 'value') continue;
        const [min, max] = bounds(part[key]);
        expect(min).toBeLessThanOrEqual(Number(truth[key].value) + 1e-12);
        expect(max).toBeGreaterThanOrEqual(Number(truth[key].value) - 1e-12);
      }
    }),
  );
});
