import { expect, test } from 'vitest';
import { shown } from './detection.ts';

test('what stands beside a name and a time leaves both out, and keeps whether it was a tail or a shift', () => {
  const aside = 'rose from 7 ms to 502 ms (a shift: p50 rose too, from 6 ms to 501 ms)';
  const words = `votes.p95_ms ${aside}, first 2.01 s after the first injection`;
  expect(shown({ text: 'votes.p95_ms', after_s: 2.01, strength: 9, words })).toBe(aside);
});
