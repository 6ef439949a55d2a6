import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_UPPER_BOUND } from '../../judge/words.ts';
import { duration, figure, listed, measured, moment, percent, quantity } from './figures.ts';

test('numbers keep about three digits', () => {
  expect([0, 3, 3.2749, 12.345, 123.4, 12345, -0.001, 0.5].map(figure)).toEqual([
    '0',
    '3',
    '3.27',
    '12.3',
    '123',
    '12\u2009345',
    '0',
    '0.5',
  ]);
});

test('a share says 100 % or 0 % only where it is', () => {
  expect([1, 0, 0.999, 0.9999, 0.99999, 0.0004, 0.8046].map(percent)).toEqual([
    '100 %',
    '0 %',
    '99.9 %',
    '99.99 %',
    '99.999 %',
    '0.04 %',
    '80.5 %',
  ]);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
      expect(percent(share) === '100 %').toBe(share === 1);
      expect(percent(share) === '0 %').toBe(share === 0);
    }),
  );
});

test('times', () => {
  expect([0.42, 12.34, 89, 120, 125, 4800].map(duration)).toEqual([
    '0.42 s',
    '12.3 s',
    '89 s',
    '2 min',
    '2 min 5 s',
    '1 h 20 min',
  ]);
  expect([0, 3.214, -15, 30.02].map(moment)).toEqual(['+0.00 s', '+3.21 s', '−15.0 s', '+30.0 s']);
});

test('measures in each of their states', () => {
  expect(measured({ is: 'value', value: 0.9118 }, '1', 'availability')).toBe('91.2 %');
  expect(measured({ is: 'value', value: 1520 }, 'ms', 'p95_ms')).toBe('1.52 s');
  expect(measured({ is: 'value', value: true }, '', 'last')).toBe('yes');
  expect(measured({ is: 'censored', over: 90 }, 's')).toBe('not within 90 s'.replace('90 s', '1 min 30 s'));
  expect(measured({ is: 'bounded', min: 3, max: 3.5 }, 's')).toBe('3 s to 3.5 s');
  expect(measured({ is: 'bounded', min: 2, max: NO_UPPER_BOUND }, '1')).toBe('at least 2');
  expect(measured({ is: 'bounded', min: -NO_UPPER_BOUND, max: 2 }, 's')).toBe('at most 2 s');
  expect(measured({ is: 'bounded', min: 503, max: 504 }, 'ms')).toBe('about 504 ms');
  expect(measured({ is: 'unknown', why: 'not observed' }, 's')).toBe('unknown (not observed)');
  expect(quantity(64 * 2 ** 20, 'By')).toBe('64 MiB');
});

test('lists', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c']);
});
