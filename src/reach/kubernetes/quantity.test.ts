import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalQuantity, cpuQuantity, memoryQuantity, quantityOf } from './quantity.ts';

test.each([
  ['250m', 0.25],
  ['12345678n', 0.012345678],
  ['3u', 0.000003],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['2e3', 2000],
  ['1E', 1e18],
  ['64Mi', 67_108_864],
  ['0.5Gi', 536_870_912],
  ['128M', 128e6],
  ['-1', -1],
  [2, 2],
])('%s is %d', (text, value) => {
  expect(quantityOf(text)).toBeCloseTo(value, 12);
});

test.each(['', 'many', '1 Mi', '1MiB', '1K', '--1', '1e', '.', undefined, null, {}])('%s is none', (text) => {
  expect(quantityOf(text)).toBeUndefined();
  expect(canonicalQuantity(text)).toBeUndefined();
});

test.each([
  ['0.5', '500m'],
  ['1000m', '1'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['1Ki', '1Ki'],
  ['0.5Ki', '512'],
  ['2000', '2k'],
  ['1500', '1500'],
  ['0.1n', '1n'],
  ['2e3', '2e3'],
  ['15e2', '1500'],
  ['0Mi', '0'],
])('%s is given back as %s', (given, canonical) => {
  expect(canonicalQuantity(given)).toBe(canonical);
});

test('the canonical form says the same, and is its own canonical form', () => {
  const number = fc.tuple(fc.integer({ min: 0, max: 1e9 }), fc.constantFrom('', '.5', '.25'));
  const unit = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi');
  fc.assert(
    fc.property(number, unit, ([whole, fraction], suffix) => {
      const text = `${whole}${fraction}${suffix}`;
      const canonical = canonicalQuantity(text);
      // Less than a byte is rounded up.
      const difference = Math.abs((quantityOf(canonical) ?? Number.NaN) - (quantityOf(text) ?? 0));
      expect(difference).toBeLessThan(suffix.endsWith('i') ? 1 : 1e-6 * (1 + (quantityOf(text) ?? 0)));
      expect(canonicalQuantity(canonical)).toBe(canonical);
    }),
  );
});

test('usage in the units of metrics-server', () => {
  expect(cpuQuantity(0.012345678)).toBe('12345678n');
  expect(cpuQuantity(0)).toBe('0');
  expect(memoryQuantity(5 * 1024 * 1024 + 4096)).toBe('5124Ki');
});
