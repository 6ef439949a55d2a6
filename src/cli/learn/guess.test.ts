import { expect, test } from 'vitest';
import type { RunResult } from '../../model/verdict.ts';
import { brierOf, compared, type Guess, inOneLine } from './guess.ts';

const before: Guess = {
  said: [
    { id: 'a', expect: 'votes.availability >= 0.99', holds: true, sure: 0.9 },
    { id: 'b', expect: 'recovered_after_s < 5', holds: false, sure: 0.6 },
    { id: 'c', expect: 'votes.p95_ms < 10', holds: true, sure: 0.99 },
  ],
  impact: 'none',
  recovered_s: 0,
};

const result = {
  predictions: [
    { id: 'a', verdict: 'held' },
    { id: 'b', verdict: 'held' },
    { id: 'c', verdict: 'unknown' },
  ],
  impact: 'slow',
  measures: [{ text: 'recovered_after_s', unit: 's', measured: { is: 'value', value: 4 } }],
} as unknown as RunResult;

test('what was said is held against the recording; what is unknown is not judged', () => {
  const lines = compared(before, { impact: 'slow', recovered_s: 5 }, result);
  expect(lines.map(({ was, right }) => [was, right])).toEqual([
    ['held', true],
    ['held', false],
    ['unknown', undefined],
    ['slow', false],
    ['4 s', false],
  ]);
  expect(lines.at(-1)).toMatchObject({ before: 'it stays steady', after: '5 s' });
});

test('a time is right within half of the truth or two seconds; an unknown one is not judged', () => {
  const right = (recovered_s: number, measured: object): boolean | undefined =>
    compared({ ...before, recovered_s }, { impact: 'none', recovered_s }, {
      ...result,
      measures: [{ text: 'recovered_after_s', unit: 's', measured }],
    } as unknown as RunResult).at(-1)?.right;
  expect([58, 62, 20, 91].map((guess) => right(guess, { is: 'value', value: 40 }))).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect([0, 2, 4].map((guess) => right(guess, { is: 'value', value: 1 }))).toEqual([true, true, false]);
  expect(right(3, { is: 'unknown', why: 'a gap' })).toBeUndefined();
  expect(right(3, { is: 'censored', over: 30 })).toBeUndefined();
});

test('saying that it fails counts against it; unknowns are not scored', () => {
  // (0.9 - 1)^2 and (0.4 - 1)^2
  expect(brierOf(before.said, result)).toBeCloseTo((0.01 + 0.36) / 2, 10);
  expect(brierOf(before.said.slice(2), result)).toBeUndefined();
});

test('the prediction in one line', () => {
  expect(inOneLine(before)).toBe(
    'Game day, predicted before the fault: a holds (90 %); b fails (60 %); c holds (99 %); users feel: none; it stays steady',
  );
});
