import { expect, test } from 'vitest';
import { changesOf } from './changes.ts';

test('a state that is sampled is told where it changes', () => {
  const points = [true, true, null, null, false, true].map((value, t) => ({ t, value }));
  expect(changesOf(points).map(({ t }) => t)).toEqual([0, 2, 4, 5]);
  expect(changesOf([])).toEqual([]);
});
