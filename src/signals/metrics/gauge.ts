import type { Combine, Entry } from './config.ts';
import type { Scrape } from './scrape.ts';
import { select } from './selector.ts';

/** A gauge over all samples of all instances; null where there is none, or one of them is no number. */
export function readGauge({ selector, by, absent }: Entry, { instances }: Scrape): number | null {
  const values = instances.flatMap(({ page }) => [...select(selector, page.samples).values()]);
  if (values.length === 0) return absent;
  const combined = combine[by](values);
  return Number.isFinite(combined) ? combined : null;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const combine: Record<Combine, (values: readonly number[]) => number> = {
  sum,
  // One by one: as arguments of one call, those of a large page are too many.
  max: (values) => values.reduce((best, value) => Math.max(best, value), Number.NEGATIVE_INFINITY),
  min: (values) => values.reduce((best, value) => Math.min(best, value), Number.POSITIVE_INFINITY),
  mean: (values) => sum(values) / values.length,
};
