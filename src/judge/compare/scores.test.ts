import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PredictionResult } from '../../model/verdict.ts';
import { calibrationOf, scoreOf, scoreWords } from './scores.ts';

const prediction = (
  confidence: number | undefined,
  verdict: PredictionResult['verdict'],
): PredictionResult => ({
  id: 'p',
  expect: 'x > 1',
  verdict,
  measures: [],
  ...(confidence === undefined ? {} : { confidence }),
  ...(confidence === undefined || verdict === 'unknown'
    ? {}
    : { brier: (confidence - (verdict === 'held' ? 1 : 0)) ** 2 }),
});

test('the score is the mean over what is scored: not over unknowns, nor what was said without confidence', () => {
  const all = [
    prediction(0.8, 'held'),
    prediction(0.5, 'failed'),
    prediction(0.9, 'unknown'),
    prediction(undefined, 'failed'),
  ];
  const score = scoreOf(all);
  expect(score?.count).toBe(2);
  expect(score?.brier).toBeCloseTo((0.04 + 0.25) / 2);
  expect(scoreOf([prediction(0.9, 'unknown')])).toBeUndefined();
});

test('bands tell what was said and what held', () => {
  const all = [
    prediction(0.8, 'held'),
    prediction(0.82, 'failed'),
    prediction(0.9, 'held'),
    prediction(0.9, 'unknown'),
  ];
  expect(calibrationOf(all)).toEqual([
    { said: 0.8, held: 1, count: 2 },
    { said: 0.9, held: 1, count: 1 },
  ]);
});

test('bands hold every scored prediction once', () => {
  const verdict = fc.constantFrom('held', 'failed', 'unknown') as fc.Arbitrary<PredictionResult['verdict']>;
  const confidence = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(fc.tuple(confidence, verdict)), (all) => {
      const predictions = all.map(([sure, came]) => prediction(sure, came));
      const bands = calibrationOf(predictions);
      expect(bands.reduce((sum, { count }) => sum + count, 0)).toBe(scoreOf(predictions)?.count ?? 0);
      expect(bands.every(({ held, count }) => held <= count)).toBe(true);
    }),
  );
});

test.each([
  [0, 50, 'nearly perfect'],
  [0.25, 50, 'no better than a coin toss'],
  [0.4, 50, 'worse than a coin toss: too sure of what did not come'],
  [0, 2, 'nearly perfect; too few to tell much'],
])('%f over %i', (brier, count, words) => expect(scoreWords({ brier, count })).toBe(words));
