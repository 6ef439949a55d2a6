import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Numbered } from '../batch.ts';
import { Book } from './book.ts';

const row = (index: number, kind: string, sent: number | null = index): Numbered => ({
  index,
  intended: index,
  sent,
  done: index + 1,
  kind,
});

test('each operation is counted by how it ended and how often it is stored', () => {
  const book = new Book();
  book.note([row(1, 'ok'), row(0, 'ok'), row(2, 'ok'), row(3, 'timeout')]);
  book.note([row(4, 'status'), row(5, 'refused', null), row(6, 'missed', null), row(7, 'reset')]);
  const reckoning = book.reckon(
    new Map([
      [0, 1],
      [2, 2],
      [3, 1],
      [7, 3],
    ]),
  );
  expect(reckoning).toEqual({
    acked: 3,
    stored: 4,
    uncertain: { stored: 2, absent: 1 },
    unsent: 2,
    lost: [{ index: 1, t: 2, acked: true, stored: 0 }],
    duplicated: [
      { index: 2, t: 3, acked: true, stored: 2 },
      { index: 7, t: 8, acked: false, stored: 3 },
    ],
    untold: 0,
  });
});

test('an operation whose end was never told, or that nobody knows, makes it untold', () => {
  const book = new Book();
  book.note([row(0, 'ok'), row(2, 'ok')]);
  expect(book.reckon(new Map([[0, 1]])).untold).toBe(1);
  expect(book.reckon(new Map([[9, 1]])).untold).toBe(2);
});

const kind = fc.constantFrom('ok', 'timeout', 'status', 'missed');

test('property: every operation is counted once, and lost are exactly the acknowledged ones that are not stored', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(kind, fc.integer({ min: 0, max: 2 })), { maxLength: 9_000 }),
      (operations) => {
        const book = new Book();
        const rows = operations.map(([one], index) => row(index, one, one === 'missed' ? null : index));
        book.note(rows.toReversed());
        const stored = new Map(
          operations.flatMap(([, times], index) => (times === 0 ? [] : [[index, times] as const])),
        );
        const { acked, uncertain, unsent, lost, duplicated, untold } = book.reckon(stored);
        expect(acked + uncertain.stored + uncertain.absent + unsent + untold).toBe(operations.length);
        const indexes = [...operations.entries()];
        expect(lost.map(({ index }) => index)).toEqual(
          indexes.filter(([, [one, times]]) => one === 'ok' && times === 0).map(([index]) => index),
        );
        expect(duplicated.length).toBe(indexes.filter(([, [, times]]) => times > 1).length);
        expect(untold).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});
