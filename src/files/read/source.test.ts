import { describe, expect, test } from 'vitest';
import { parseSource } from './source.ts';

const problemsOf = (text: string): string[] =>
  parseSource('x.yaml', text).problems.map(({ at, message }) => `${at?.line}:${at?.column} ${message}`);

describe('what YAML is wrong about', () => {
  test.each([
    ['', '1:1 the file is empty'],
    ['# only a comment\n', '1:1 the file is empty'],
    ['a: 1\na: 2', '2:1 the key is written twice in the same mapping'],
    ['a: 1\n---\nb: 2', '2:1 there is more than one document in the file'],
    ['a:\n\tb: 1', '2:1 a tab is used to indent'],
    ['a: !secret x', '1:4 tags (`!word`) have no meaning here'],
    ['a: &x [ *x ]', '1:9 an alias leads into itself'],
    ['? [a]\n: b', '1:3 this cannot be a key'],
    ['__proto__: 1', '1:1 this cannot be a key'],
    ['['.repeat(60) + ']'.repeat(60), '1:52 the file is nested too deeply'],
  ])('%o', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  test('a few of many errors are enough', () => {
    expect(problemsOf('[{"'.repeat(3_000)).length).toBeLessThanOrEqual(6);
    expect(problemsOf('a: *nope\n'.repeat(30)).length).toBeLessThanOrEqual(6);
  });

  test('aliases that multiply do not eat the memory', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level += 1) {
      const before = `*a${level - 1}`;
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => before).join(', ')}]`);
    }
    expect(problemsOf(lines.join('\n'))).toContainEqual(expect.stringContaining('too many values'));
  });

  test('a file of 1 MB is refused before it is parsed', () => {
    expect(problemsOf(`a: ${'x'.repeat(1_000_001)}`)).toEqual([
      'undefined:undefined the file is larger than 1 MB',
    ]);
  });
});

test('values that JSON does not know stay as they were written', () => {
  const { value } = parseSource('x.yaml', 'a: .nan\nb: 2026-01-01\nc: 0x10\nd: ~\ne: yes\n1: x');
  expect(value).toEqual({ a: Number.NaN, b: '2026-01-01', c: 16, d: null, e: 'yes', '1': 'x' });
});

test('what is missing is placed at the key it should stand under', () => {
  const source = parseSource('x.yaml', 'a:\n  b: [1, { c: 2 }]\n');
  expect(source.placeOf(['a', 'b', 1, 'c'])).toEqual({ file: 'x.yaml', line: 2, column: 15 });
  expect(source.placeOfKey(['a', 'b'])).toEqual({ file: 'x.yaml', line: 2, column: 3 });
  expect(source.placeOf(['a', 'z'])).toEqual({ file: 'x.yaml', line: 1, column: 1 });
  expect(source.placeOf(['z', 'y'])).toEqual({ file: 'x.yaml', line: 1, column: 1 });
  expect(source.valueAt(['a', 'z'])).toBeUndefined();
});
