import { expect, test } from 'vitest';
import { fakeRun } from '../fake/fake-run.ts';
import { viewOf } from '../view.ts';
import { inFlightBlocks, inFlightWords } from './in-flight.ts';

const op = (sent: number, done: number | null, kind = 'ok') => ({ intended: sent, sent, done, kind });

test('says how many were in flight and what became of them', () => {
  expect(inFlightWords([])).toBe('no operation was in flight at the first injection.');
  expect(inFlightWords([op(1, 12), op(2, 9, 'reset'), op(3, 11, 'reset')])).toBe(
    '3 operations were in flight at the first injection: 1 finished and 2 failed (reset).',
  );
  expect(inFlightWords([op(1, null, 'timeout')])).toBe(
    '1 operation was in flight at the first injection: 1 had not ended when the recording did.',
  );
});

test('what was sent while the act was on its way counts', () => {
  // The kill's act takes 18 ms; one request was due just as it began, the next 20 ms later.
  expect(JSON.stringify(inFlightBlocks(viewOf(fakeRun('kill'))))).toContain(
    'votes: 1 operation was in flight at the first injection: 1 finished.',
  );
});
