import fc from 'fast-check';
import { expect, test } from 'vitest';
import { axisLabel, axisUnit, linearAxis } from './scale.ts';

const ticks = (highest: number, unit: 'By' | 'By/s' | 'ms'): string[] => {
  const { max, step = max, unit: of } = linearAxis(highest, unit, unit);
  return Array.from({ length: Math.round(max / step) + 1 }, (_, index) => axisLabel(index * step, of));
};

test('bytes have round ticks in powers of two', () => {
  expect(ticks(74_186_752, 'By')).toEqual(['0 B', '32 MiB', '64 MiB', '96 MiB']);
  expect(ticks(3.2 * 2 ** 30, 'By')).toEqual(['0 B', '1 GiB', '2 GiB', '3 GiB', '4 GiB']);
  expect(ticks(900, 'By/s')).toEqual(['0 B/s', '256 B/s', '512 B/s', '768 B/s', '1 KiB/s']);
  expect(linearAxis(5e6, 'By/s', '')).toMatchObject({ title: 'bytes a second' });
});

test('other numbers in tens', () => {
  expect(ticks(390, 'ms')).toEqual(['0 ms', '100 ms', '200 ms', '300 ms', '400 ms']);
  expect(axisUnit('widgets')).toBe('other');
});

test('whatever the highest is, the axis holds it and has two to five steps', () => {
  const units = fc.constantFrom('ms', 'By', 'By/s', '%', 'other');
  fc.assert(
    fc.property(fc.double({ min: 4, max: 1e15, noNaN: true }), units, (highest, unit) => {
      const { max, step = 0 } = linearAxis(highest, unit, unit);
      expect(max).toBeGreaterThanOrEqual(highest * (1 - 1e-9));
      expect(max / step).toBeGreaterThanOrEqual(2);
      expect(max / step).toBeLessThanOrEqual(5 + 1e-6);
    }),
  );
});
