import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPatch } from './json.ts';

/** The examples of RFC 6902, appendix A; `undefined` where the RFC says that the patch fails. */
const EXAMPLES: [string, unknown, unknown[], unknown][] = [
  [
    'A.1 add a member',
    { foo: 'bar' },
    [{ op: 'add', path: '/baz', value: 'qux' }],
    { baz: 'qux', foo: 'bar' },
  ],
  [
    'A.2 add an element',
    { foo: ['bar', 'baz'] },
    [{ op: 'add', path: '/foo/1', value: 'qux' }],
    { foo: ['bar', 'qux', 'baz'] },
  ],
  ['A.3 remove a member', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
  [
    'A.4 remove an element',
    { foo: ['bar', 'qux', 'baz'] },
    [{ op: 'remove', path: '/foo/1' }],
    { foo: ['bar', 'baz'] },
  ],
  [
    'A.5 replace',
    { baz: 'qux', foo: 'bar' },
    [{ op: 'replace', path: '/baz', value: 'boo' }],
    { baz: 'boo', foo: 'bar' },
  ],
  [
    'A.6 move',
    { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
    [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
    { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
  ],
  [
    'A.7 move an element',
    { foo: ['all', 'grass', 'cows', 'eat'] },
    [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
    { foo: ['all', 'cows', 'eat', 'grass'] },
  ],
  [
    'A.8 test: success',
    { baz: 'qux', foo: ['a', 2, 'c'] },
    [
      { op: 'test', path: '/baz', value: 'qux' },
      { op: 'test', path: '/foo/1', value: 2 },
    ],
    { baz: 'qux', foo: ['a', 2, 'c'] },
  ],
  ['A.9 test: error', { baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'bar' }], undefined],
  [
    'A.10 add a nested member',
    { foo: 'bar' },
    [{ op: 'add', path: '/child', value: { grandchild: {} } }],
    { foo: 'bar', child: { grandchild: {} } },
  ],
  [
    'A.11 ignore unknown elements',
    { foo: 'bar' },
    [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }],
    { foo: 'bar', baz: 'qux' },
  ],
  [
    'A.12 add to a nonexistent target',
    { foo: 'bar' },
    [{ op: 'add', path: '/baz/bat', value: 'qux' }],
    undefined,
  ],
  [
    'A.14 escape ordering',
    { '/': 9, '~1': 10 },
    [{ op: 'test', path: '/~01', value: 10 }],
    { '/': 9, '~1': 10 },
  ],
  [
    'A.15 comparing texts and numbers',
    { '/': 9, '~1': 10 },
    [{ op: 'test', path: '/~01', value: '10' }],
    undefined,
  ],
  [
    'A.16 add an array value',
    { foo: ['bar'] },
    [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
    { foo: ['bar', ['abc', 'def']] },
  ],
  [
    'copy',
    { a: { b: 1 } },
    [
      { op: 'copy', from: '/a', path: '/c' },
      { op: 'replace', path: '/c/b', value: 2 },
    ],
    { a: { b: 1 }, c: { b: 2 } },
  ],
  ['an index past the end', { a: [1] }, [{ op: 'add', path: '/a/2', value: 3 }], undefined],
  ['an index with a leading zero', { a: [1, 2] }, [{ op: 'remove', path: '/a/01' }], undefined],
  ['moving a value into itself', { a: { b: 1 } }, [{ op: 'move', from: '/a', path: '/a/b' }], undefined],
  ['replacing the whole', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
  ['removing what is not there', { a: 1 }, [{ op: 'remove', path: '/b' }], undefined],
  ['an unknown operation', { a: 1 }, [{ op: 'frob', path: '/a' }], undefined],
];

test.each(EXAMPLES)('%s', (...[, document, patch, expected]) => {
  const before = structuredClone(document);
  const outcome = jsonPatch(document, patch);
  if (expected === undefined)
    expect(outcome).toMatchObject({ ok: false, problem: { code: 422, reason: 'Invalid' } });
  else expect(outcome).toEqual({ ok: true, value: expected });
  expect(document, 'the document itself').toEqual(before);
});

test('a patch that is no list of operations is a bad request', () => {
  expect(jsonPatch({}, { op: 'add' })).toMatchObject({ ok: false, problem: { code: 400 } });
});

test('the name __proto__ is only a name', () => {
  const outcome = jsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
  expect(outcome.ok).toBe(true);
  expect(Object.hasOwn({}, 'polluted') || 'polluted' in {}).toBe(false);
});

test('any patch gives an outcome, never an exception', () => {
  const path = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom('a', 'b', '0', '1', '-')).map((parts) => `/${parts.join('/')}`),
  );
  const op = fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x');
  const operation = fc.record({ op, path, from: path, value: fc.jsonValue() }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(operation), (document, patch) => {
      expect(typeof jsonPatch(document, patch).ok).toBe('boolean');
    }),
  );
});
