import { expect, test } from 'vitest';
import { Doubts } from './doubts.ts';

const versions = (of: Record<string, string>): Map<string, string> => new Map(Object.entries(of));

test('what agrees is the same; one difference proves nothing', () => {
  const doubts = new Doubts();
  expect(doubts.compare(versions({ a: '1' }), versions({ a: '1' }))).toBe('same');
  expect(doubts.compare(versions({ a: '1' }), versions({ a: '2' }))).toBe('unsure');
  expect(doubts.any).toBe(true);
  expect(doubts.compare(versions({ a: '2' }), versions({ a: '2' }))).toBe('same');
});

test('a difference that stays, while the watch brings nothing, proves it stuck', () => {
  const doubts = new Doubts();
  const looks = Array.from({ length: 5 }, (_, n) =>
    doubts.compare(versions({ a: '1' }), versions({ a: String(n + 2) })),
  );
  expect(looks).toEqual(['unsure', 'unsure', 'unsure', 'unsure', 'stuck']);
});

test('a pod that we still know and that is gone is a difference too', () => {
  const doubts = new Doubts();
  for (let n = 0; n < 4; n += 1) doubts.compare(versions({ a: '1' }), versions({}));
  expect(doubts.compare(versions({ a: '1' }), versions({}))).toBe('stuck');
});

test('in a cluster that never rests each look may differ, as long as old differences go', () => {
  const doubts = new Doubts();
  expect(doubts.compare(versions({ a: '1', b: '1' }), versions({ a: '2', b: '1' }))).toBe('unsure');
  expect(doubts.compare(versions({ a: '2', b: '1' }), versions({ a: '2', b: '2' }))).toBe('same');
});
