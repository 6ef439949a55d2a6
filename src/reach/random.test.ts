import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from './random.ts';

test('the same seed and purpose choose the same items; another purpose is another stream', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(20), (seed, count) => {
      const items = Array.from({ length: 20 }, (_, index) => index);
      const chosen = seededRandom(seed, 'pick').pick(items, count);
      expect(seededRandom(seed, 'pick').pick(items, count)).toEqual(chosen);
      expect(new Set(chosen).size).toBe(count);
    }),
  );
  expect(seededRandom('a', 'x').next()).not.toBe(seededRandom('a', 'y').next());
});

test('numbers lie in [0, 1) and are spread evenly', () => {
  const random = seededRandom('seed', 'spread');
  const buckets = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i += 1) {
    const value = random.next();
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThan(1);
    buckets[Math.floor(value * 10)] = (buckets[Math.floor(value * 10)] ?? 0) + 1;
  }
  for (const bucket of buckets) expect(bucket).toBeGreaterThan(850);
});
