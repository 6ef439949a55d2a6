import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelSelector } from './labels.ts';

const CASES: [string, Record<string, string>, boolean][] = [
  ['', {}, true],
  ['a=b', { a: 'b' }, true],
  ['a==b', { a: 'c' }, false],
  ['a!=b', { a: 'b' }, false],
  ['a!=b', {}, true],
  ['a', { a: '' }, true],
  ['a', {}, false],
  ['!a', {}, true],
  ['!a', { a: 'x' }, false],
  ['a in (b,c)', { a: 'c' }, true],
  ['a in (b, c)', { a: 'd' }, false],
  ['a in (b)', {}, false],
  ['a notin (b,c)', {}, true],
  ['a notin (b,c)', { a: 'b' }, false],
  ['a in (b,c),d=e', { a: 'b', d: 'e' }, true],
  ['a in (b,c), d=e', { a: 'b', d: 'f' }, false],
  ['a=', { a: '' }, true],
  ['n>4', { n: '5' }, true],
  ['n>5', { n: '5' }, false],
  ['n<5', { n: 'x' }, false],
  ['app.kubernetes.io/name=x', { 'app.kubernetes.io/name': 'x' }, true],
  ['constructor', {}, false],
];

test.each(CASES)('%s on %j is %s', (text, labels, expected) => {
  const selector = labelSelector(text);
  expect(selector.ok && selector.value(labels)).toBe(expected);
});

test.each(['a in b', 'a=b=c', '=b', 'a in (b', 'a b', 'n>x', ','])('%s is no selector', (text) => {
  expect(labelSelector(text)).toMatchObject({ ok: false, problem: { code: 400 } });
});

test('in and notin are opposites, as are = and !=', () => {
  const label = fc.stringMatching(/^[a-z0-9]{1,3}$/);
  fc.assert(
    fc.property(
      fc.dictionary(label, label, { maxKeys: 3 }),
      label,
      fc.array(label, { minLength: 1 }),
      (labels, key, values) => {
        const holds = (text: string) => {
          const selector = labelSelector(text);
          return selector.ok && selector.value(labels);
        };
        expect(holds(`${key} in (${values.join(',')})`)).toBe(!holds(`${key} notin (${values.join(',')})`));
        expect(holds(`${key}=${values[0]}`)).toBe(!holds(`${key}!=${values[0]}`));
      },
    ),
  );
});
