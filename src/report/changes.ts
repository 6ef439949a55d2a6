import type { Point } from '../model/series.ts';

/** Where a state took another value: one that is sampled says the same again and again. */
export const changesOf = (points: readonly Point[]): Point[] =>
  points.filter((point, index) => index === 0 || point.value !== points[index - 1]?.value);
