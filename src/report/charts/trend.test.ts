import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Sample, trendOf } from './trend.ts';

const rule = {
  windows: [{ from: 0, to: 40, words: 'through the recovery' }],
  floor: 5,
  subject: 'p95',
  write: (value: number) => `${Math.round(value)} ms`,
};

const line = (value: (second: number) => number | null): Sample[] =>
  Array.from({ length: 40 }, (_, second) => ({ from: second, to: second + 1, value: value(second) }));

test('a line that rises steadily is told, with how far', () => {
  expect(
    trendOf(
      line((second) => 10 + second / 2),
      rule,
    ),
  ).toBe('p95 rose steadily through the recovery: from 12 ms to 27 ms in 40 s.');
});

test.each<[string, (second: number) => number | null]>([
  ['flat', () => 10],
  ['falling', (second) => 50 - second],
  ['less than the floor', (second) => 10 + second / 12],
  ['less than a fifth', (second) => 200 + second / 2],
  ['one step', (second) => (second < 20 ? 10 : 40)],
  ['spikes', (second) => (second % 7 === 0 ? 100 + second : 10)],
  ['mostly not observed', (second) => (second % 3 === 0 ? second * 10 : null)],
  ['one part not observed at all', (second) => (second < 10 ? null : second * 10)],
])('%s is no trend', (_, value) => {
  expect(trendOf(line(value), rule)).toBeUndefined();
});

test('a short window shows none', () => {
  const windows = [{ from: 0, to: 9, words: 'over the run' }];
  expect(
    trendOf(
      line((second) => second * 10),
      { ...rule, windows },
    ),
  ).toBeUndefined();
});

test('what is a trend is none in the other direction, and stays one when single values jump', () => {
  const values = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(values, (all) => {
      const there = trendOf(
        line((second) => all[second] ?? null),
        rule,
      );
      const back = trendOf(
        line((second) => all[39 - second] ?? null),
        rule,
      );
      expect(there !== undefined && back !== undefined).toBe(false);
    }),
  );
  const rising = line((second) => (second === 17 ? 9_999 : 10 + second));
  expect(trendOf(rising, rule)).toContain('rose steadily');
});
