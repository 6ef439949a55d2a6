import { expect, test } from 'vitest';
import { inColumns } from './spark.ts';

const line = { from: 0, to: 6, width: 60, steps: false, lowest: false };
const middles = [0.5, 1.5, 2.5, 3.5, 4.5, 5.5];

test('of a short run, whose columns are narrower than what was counted, none inside it is blank', () => {
  const columns = inColumns(
    middles.map((x) => [x, 3] as const),
    line,
  );
  expect(columns.every((value) => value === 3)).toBe(true);
});

test('outside of a run nothing is shown', () => {
  const columns = inColumns([[2.5, 3] as const, [3.5, 3] as const], line);
  expect([columns[18], columns[20], columns[39], columns[42]]).toEqual([undefined, 3, 3, undefined]);
});

test('what was not observed stays so, and takes no more than its own stretch', () => {
  const columns = inColumns(
    middles.map((x) => [x, x === 2.5 ? null : 3] as const),
    line,
  );
  expect(columns[25]).toBeNull();
  expect([columns[18], columns[32]]).toEqual([3, 3]);
});

test('where several share a column the one that says most is shown', () => {
  const points = [1, 2, 3, 4].map((y) => [y / 100, y] as const);
  expect(inColumns(points, { ...line, steps: true })[0]).toBe(4);
  expect(inColumns(points, { ...line, steps: true, lowest: true })[0]).toBe(1);
});
