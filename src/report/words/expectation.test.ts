import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bareName, inWords, sureness } from './expectation.ts';

test.each([
  ['votes.availability >= 0.99', 'at least 99 % of votes succeed'],
  ['votes.fault.error_rate < 0.25', 'less than 25 % of votes fail while the fault lasts'],
  ['votes.p95_ms < 150', '95 in 100 votes take less than 150 ms'],
  ['recovered_after_s < 15', 'everything is steady again less than 15 s after the first injection'],
  ['backends.replaced_after_s < 10', 'backends are replaced less than 10 s after the first injection'],
  ['backends.ready.last == 2', 'backends ready is 2 in the end'],
  ['cluster.primaries.max <= 1', 'cluster primaries never rises above 1'],
  ['backends.ready.min >= 1', 'backends ready never falls below 1'],
  ['ledger.lost == 0', 'no acknowledged writes are lost'],
  ['votes.by_error["timeout"] == 0', 'none of the votes end in ‘timeout’'],
  [
    'votes.by_error["reset"] + votes.by_error["closed"] >= 1',
    'at least 1 of the votes end in ‘reset’ or ‘closed’',
  ],
  [
    'alerts["ModuleDown"].delivered_after_s < 60',
    'the alert ModuleDown is delivered less than 60 s after the first injection',
  ],
  [
    'votes.failed == 0 && votes.p95_ms < 50',
    'none of the votes fail, and 95 in 100 votes take less than 50 ms',
  ],
])('%s', (expression, words) => {
  expect(inWords(expression)).toBe(words);
});

test.each([
  'votes.by_error["reset"] + reads.by_error["reset"] >= 1',
  'votes.failed + votes.ok >= 1',
  'a.availability > 0.9 || b.failed == 0',
  '!(a.failed > 3)',
  'a.unheard_of < 3',
  'x',
  '',
])('what cannot be said simply is not said: %s', (expression) => {
  expect(inWords(expression)).toBeUndefined();
});

test('no text makes it fail', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(inWords(text) ?? '').not.toMatch(/undefined|NaN/);
    }),
  );
});

test('bare names and confidence', () => {
  expect(['votes.fault.requests.p95_ms', 'votes.by_error["x.y"]', 'recovered_after_s'].map(bareName)).toEqual(
    ['p95_ms', 'by_error', 'recovered_after_s'],
  );
  expect([0.5, 0.7, 0.8, 0.9, 0.99, 0.1, undefined].map(sureness)).toEqual([
    'a coin toss',
    'rather sure',
    'quite sure',
    'very sure',
    'almost certain',
    'rather not',
    'no confidence given',
  ]);
});
