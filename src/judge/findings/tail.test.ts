import { expect, test } from 'vitest';
import type { Operation } from '../../model/series.ts';
import { fakeContext } from '../fake-run.ts';
import { fakeLoad } from '../fake-samples.ts';
import { detectionsOf } from './detection.ts';

/** 20 votes a second of 5 to 7 ms over 30 s; from 12 to 18 s those that are chosen take so much longer. */
const found = (more_ms: number, isSlow: (index: number) => boolean): string | undefined => {
  const load = fakeLoad({ from_s: 0, to_s: 30, rate_per_s: 20, latency_ms: 5 }).map(
    (one, index): Operation => {
      const at_s = one.intended / 1e9;
      const slower = at_s >= 12 && at_s < 18 && isSlow(index) ? more_ms : 0;
      return { ...one, done: one.intended + (5 + (index % 3) + slower) * 1e6 };
    },
  );
  const context = fakeContext({ operations: { 'votes.requests': load } });
  return detectionsOf(context).find(({ text }) => text === 'votes.p95_ms')?.words;
};

test('p95 rises and p50 stays: a tail', () => {
  expect(found(495, (index) => index % 5 === 0)).toMatch(
    /^votes\.p95_ms rose from 7 ms to 50\d ms \(a tail: p50 was 6 ms, before 6 ms\), first 2\.\d+ s after/,
  );
});

test('both rise: a shift', () => {
  expect(found(495, () => true)).toMatch(
    /^votes\.p95_ms rose from 7 ms to 50\d ms \(a shift: p50 rose too, from 6 ms to 501 ms\), first 2\.\d+ s after/,
  );
});
