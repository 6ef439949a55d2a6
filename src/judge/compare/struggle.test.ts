import { describe, expect, test } from 'vitest';
import type { PredictionVerdict, RunResult } from '../../model/verdict.ts';
import { struggleOf } from './struggle.ts';

/** A run with one `steady` expression and one prediction. */
function run(of: {
  steady?: 'held' | 'broken' | 'unknown';
  prediction?: PredictionVerdict;
  fit?: boolean;
}): RunResult {
  const { steady = 'held', prediction = 'held', fit = true } = of;
  const truth = steady === 'held' ? 'true' : steady === 'broken' ? 'false' : 'unknown';
  return {
    steady: [{ text: 'votes.p95_ms < 150', baseline: 'true', end: truth, broken: [], measures: [] }],
    predictions: [{ id: 'quick', expect: 'votes.max_ms < 900', verdict: prediction, measures: [] }],
    observer: { ok: fit, words: [] },
  } as unknown as RunResult;
}

const steps = (...runs: readonly (readonly [string, ...RunResult[]])[]) =>
  struggleOf(runs.map(([value, ...own]) => ({ value, runs: own })));

describe('the first value at which something gives way', () => {
  test('is found, with what held before', () => {
    const found = steps(
      ['5/s', run({})],
      ['50/s', run({})],
      ['200/s', run({ steady: 'broken' })],
      ['500/s', run({ steady: 'broken', prediction: 'failed' })],
    );
    expect(found).toMatchObject({ at: '200/s', upTo: '50/s', always: [], doubtful: [] });
    expect(found.bends.map(({ text, first }) => [text, first?.value])).toEqual([
      ['votes.p95_ms < 150', '200/s'],
      ['votes.max_ms < 900', '500/s'],
    ]);
  });
  test('one run of several is enough', () => {
    const found = steps(['5/s', run({}), run({})], ['50/s', run({}), run({ prediction: 'failed' })]);
    expect(found.bends[0]?.first).toMatchObject({ value: '50/s', broken: 1, runs: 2 });
  });
  test('what was broken from the first value on is not explained by the value', () => {
    const found = steps(['5/s', run({ steady: 'broken' })], ['50/s', run({ steady: 'broken' })]);
    expect(found.at).toBeUndefined();
    expect(found.always.map(({ text }) => text)).toEqual(['votes.p95_ms < 150']);
    expect(found.upTo).toBe('50/s');
  });
  test('nothing gave way: everything held up to the last value', () => {
    expect(steps(['5/s', run({})], ['50/s', run({})])).toMatchObject({ bends: [], upTo: '50/s' });
  });
  test('what is unknown did not hold: it is doubtful, and nothing is said to have held there', () => {
    const found = steps(
      ['5/s', run({})],
      ['50/s', run({ prediction: 'unknown' })],
      ['200/s', run({ prediction: 'failed' })],
    );
    expect(found).toMatchObject({ at: '200/s', upTo: '5/s' });
    expect(found.doubtful.map(({ text }) => text)).toEqual(['votes.max_ms < 900']);
  });
  test('what is unknown only where something else gives way does not make it earlier', () => {
    const found = steps(
      ['5/s', run({})],
      ['50/s', run({ steady: 'broken', prediction: 'unknown' })],
      ['200/s', run({ steady: 'broken', prediction: 'unknown' })],
    );
    expect(found).toMatchObject({ at: '50/s', upTo: '5/s', doubtful: [] });
  });
  test('no run at a value is no success there', () => {
    expect(steps(['5/s', run({})], ['50/s']).upTo).toBe('5/s');
    expect(steps(['5/s']).upTo).toBeUndefined();
  });
  test('where we were not fit to judge, that is told', () => {
    expect(steps(['5/s', run({})], ['50/s', run({ steady: 'broken', fit: false })]).unfit).toEqual(['50/s']);
  });
});
