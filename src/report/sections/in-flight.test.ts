import { expect, test } from 'vitest';
import { inFlightWords } from './in-flight.ts';

const op = (sent: number, done: number | null, kind = 'ok') => ({ intended: sent, sent, done, kind });

test('says how many were in flight and what became of them', () => {
  expect(inFlightWords([op(1, 2), op(10, 12)], 9)).toBe('no operation was in flight at the first injection.');
  expect(inFlightWords([op(1, 12), op(2, 9, 'reset'), op(3, 11, 'reset'), op(4, 5)], 6)).toBe(
    '3 operations were in flight at the first injection: 1 finished and 2 failed (reset).',
  );
  expect(inFlightWords([op(1, null, 'timeout')], 6)).toBe(
    '1 operation was in flight at the first injection: 1 had not ended when the recording did.',
  );
});
