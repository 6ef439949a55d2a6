import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clip } from './live.ts';

const ESCAPE = String.fromCharCode(27);
const widthOf = (row: string): number => row.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '').length;

test('a row that fits stays as it is', () => {
  expect(clip('votes  50/s', 80)).toBe('votes  50/s');
});

test('a longer one is cut before the last column, without colour where it has none', () => {
  expect(clip('x'.repeat(100), 80)).toBe('x'.repeat(79));
});

test('colours take no columns and end with the row', () => {
  const green = `${ESCAPE}[32mholds${ESCAPE}[39m`;
  expect(clip(green, 80)).toBe(green);
  expect(clip(`${green} for long`, 4)).toBe(`${ESCAPE}[32mhol${ESCAPE}[0m`);
});

test('no row is wider than the terminal', () => {
  const pieces = fc.array(fc.oneof(fc.constant(`${ESCAPE}[32m`), fc.stringMatching(/^[a-z ]{0,9}$/)));
  fc.assert(
    fc.property(pieces, fc.integer({ min: 2, max: 30 }), (parts, columns) => {
      expect(widthOf(clip(parts.join(''), columns))).toBeLessThan(columns);
    }),
  );
});
