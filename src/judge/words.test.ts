import { expect, test } from 'vitest';
import { bounded, censored, unknown, value } from '../model/measure.ts';
import { atLeast, measuredText, NO_UPPER_BOUND, numberText } from './words.ts';

test('numbers as people read them, without flattering a share just below 1', () => {
  const wanted: [number, string][] = [
    [3, '3'],
    [0, '0'],
    [-2, '-2'],
    [1234.5, '1235'],
    [12.345, '12.3'],
    [1.2, '1.2'],
    [0.99961, '0.99961'],
    [0.9999999, '0.99999'],
    [0.00001234, '0.0000123'],
    [0.05, '0.05'],
    [99.96, '100'],
    [100.4, '100'],
    [9.996, '10'],
  ];
  for (const [number, text] of wanted) expect([number, numberText(number)]).toEqual([number, text]);
});

test('measures in words', () => {
  expect(measuredText(value(1.25), 's')).toBe('1.25 s');
  expect(measuredText(value('p1'))).toBe('p1');
  expect(measuredText(value(true))).toBe('true');
  expect(measuredText(censored(40), 's')).toBe('more than 40 s');
  expect(measuredText(bounded(3, 5), 's')).toBe('3 to 5 s');
  expect(measuredText(bounded(504.1, 504.2), 'ms')).toBe('about 504 ms');
  expect(measuredText(atLeast(2), '1')).toBe('at least 2');
  expect(measuredText(bounded(-NO_UPPER_BOUND, 2))).toBe('at most 2');
  expect(measuredText(bounded(-NO_UPPER_BOUND, NO_UPPER_BOUND))).toBe('unknown');
  expect(measuredText(unknown('a gap'))).toBe('unknown (a gap)');
});
