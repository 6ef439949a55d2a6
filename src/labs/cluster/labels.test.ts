import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomSuffix, selects, templateHash } from './labels.ts';

describe('templateHash', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([name, field]) => [name, shuffled(field)]),
    );
  };

  test('does not depend on the order of fields', () => {
    fc.assert(fc.property(fc.object(), (value) => templateHash(shuffled(value)) === templateHash(value)));
  });

  test('tells two templates apart', () => {
    const json = fc.json().map((text) => JSON.parse(text) as unknown);
    fc.assert(
      fc.property(json, json, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b) && !isDeepStrictEqual(a, b));
        return templateHash(a) !== templateHash(b);
      }),
    );
    expect(templateHash({ env: [1, 2] })).not.toBe(templateHash({ env: [2, 1] }));
  });

  test('can be part of a name', () => {
    fc.assert(fc.property(fc.object(), (value) => /^[a-z0-9]{10}$/.test(templateHash(value))));
    expect(randomSuffix()).toMatch(/^[a-z0-9]{5}$/);
  });
});

test.each([
  [{}, { a: '1' }, false],
  [{ matchLabels: { a: '1' } }, { a: '1', b: '2' }, true],
  [{ matchLabels: { a: '1' } }, { a: '2' }, false],
  [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['1', '2'] }] }, { a: '2' }, true],
  [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['1'] }] }, {}, true],
  [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }, {}, false],
  [{ matchLabels: { b: '1' }, matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }, { b: '1' }, true],
])('selector %j on %j: %s', (selector, labels, expected) => {
  expect(selects(selector, labels as Record<string, string>)).toBe(expected);
});
