import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../model/json.ts';
import { at, numberAt, objectsAt, textAt, textsAt, timeAt } from './fields.ts';
import { isSelector, selectorText } from './selector.ts';

test('any path into any JSON gives a value or nothing, never an exception', () => {
  const step = fc.oneof(fc.string(), fc.nat(5), fc.constantFrom('__proto__', 'length', 'constructor'));
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(step), (json, path) => {
      const found = at(json as Json, ...path);
      expect(typeof found).not.toBe('function');
      if (textAt(json as Json, ...path) !== undefined) expect(typeof found).toBe('string');
    }),
  );
});

test('typed reads', () => {
  const object = { a: { n: 1, list: [{ t: 'x' }, 3], labels: { k: 'v', n: 2 } }, t: '2026-01-01T00:00:01Z' };
  expect(numberAt(object, 'a', 'n')).toBe(1);
  expect(textAt(object, 'a', 'list', 0, 't')).toBe('x');
  expect(objectsAt(object, 'a', 'list')).toEqual([{ t: 'x' }]);
  expect(textsAt(object, 'a', 'labels')).toEqual({ k: 'v' });
  expect(timeAt(object, 't')).toBe(Date.UTC(2026, 0, 1, 0, 0, 1) / 1_000);
  expect(timeAt(object, 'a', 'n')).toBeUndefined();
});

test('selectors of old and new kinds become the text of a query', () => {
  expect(selectorText({ app: 'a', tier: 'b' })).toBe('app=a,tier=b');
  const matchExpressions = [
    { key: 'x', operator: 'In', values: ['1', '2'] },
    { key: 'y', operator: 'NotIn', values: ['3'] },
    { key: 'z', operator: 'Exists' },
    { key: 'w', operator: 'DoesNotExist' },
  ];
  const text = selectorText({ matchLabels: { app: 'a' }, matchExpressions });
  expect(text).toBe('app=a,x in (1,2),y notin (3),z,!w');
  expect(isSelector(text)).toBe(true);
});

test.each(['app=poll-backend', 'app!=x', 'a==b', 'example.com/role in (a, b),!c', 'tier', 'a='])(
  '%s is a selector',
  (text) => {
    expect(isSelector(text)).toBe(true);
  },
);

test.each(['', 'app==a=b', 'app in a', 'a=b,', 'app = (', '-a=b', 'a=b c'])('%s is none', (text) => {
  expect(isSelector(text)).toBe(false);
});
