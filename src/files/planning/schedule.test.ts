import { expect, test } from 'vitest';
import type { FaultEntry } from '../../model/experiment.ts';
import { fakeEntry } from './fake-entry.ts';
import { scheduleOf } from './schedule.ts';

const until = (within_s: number) => ({ condition: { text: 'x', at: { file: '' } }, within_s });

/** `id start-end` of each entry; those called `kill…` are instant. */
const times = (faults: FaultEntry[]): string[] =>
  scheduleOf(faults, { hold_s: 30, isInstant: ({ id }) => id.startsWith('kill') }).entries.map(
    ({ id, start_s, end_s }) => `${id} ${start_s}-${end_s}`,
  );

test.each<[string, FaultEntry[], string[]]>([
  ['an instant one', [fakeEntry('kill')], ['kill 0-0']],
  ['an instant one with a time', [fakeEntry('kill', { for_s: 8 })], ['kill 0-8']],
  ['one without a time is held for `hold`', [fakeEntry('a')], ['a 0-30']],
  ['one with a time', [fakeEntry('a', { for_s: 90 })], ['a 0-90']],
  [
    'without a time: until the last timed one ends',
    [fakeEntry('a'), fakeEntry('b', { for_s: 9, start: { on: 'time', at_s: 20 } })],
    ['a 0-29', 'b 20-29'],
  ],
  [
    '`hold` counts from the last start',
    [fakeEntry('a'), fakeEntry('b', { start: { on: 'time', at_s: 20 } })],
    ['a 0-50', 'b 20-50'],
  ],
  [
    'an instant one beside a held one',
    [fakeEntry('a'), fakeEntry('kill', { start: { on: 'effect', of: 'a' } })],
    ['a 0-30', 'kill 0-0'],
  ],
  [
    'after the undo',
    [fakeEntry('b', { for_s: 5, start: { on: 'undone', of: 'a' } }), fakeEntry('a', { for_s: 7 })],
    ['b 7-12', 'a 0-7'],
  ],
  [
    'while it is held',
    [fakeEntry('a', { for_s: 7, until: until(60) }), fakeEntry('kill', { start: { on: 'effect', of: 'a' } })],
    ['a 60-67', 'kill 60-60'],
  ],
  [
    '`at` counts from the first injection',
    [
      fakeEntry('a', { for_s: 7, until: until(60) }),
      fakeEntry('b', { for_s: 1, start: { on: 'time', at_s: 10 } }),
    ],
    ['a 60-67', 'b 70-71'],
  ],
  [
    'where all have an `at`, the earliest is the first',
    [
      fakeEntry('a', { for_s: 7, start: { on: 'time', at_s: 15 } }),
      fakeEntry('b', { for_s: 1, start: { on: 'time', at_s: 10 } }),
    ],
    ['a 5-12', 'b 0-1'],
  ],
  [
    'one that starts when all others are over is held for `hold`',
    [fakeEntry('a', { start: { on: 'time', at_s: 40 } }), fakeEntry('b', { for_s: 1 })],
    ['a 40-70', 'b 0-1'],
  ],
  ['nothing', [], []],
])('%s', (_what, faults, expected) => {
  expect(times(faults)).toEqual(expected);
});

test('the first injection and the last undo', () => {
  const faults = [
    fakeEntry('a', { for_s: 7, until: until(60) }),
    fakeEntry('b', { for_s: 1, start: { on: 'undone', of: 'a' } }),
  ];
  expect(scheduleOf(faults, { hold_s: 30, isInstant: () => false })).toMatchObject({
    first_s: 60,
    end_s: 68,
  });
});
