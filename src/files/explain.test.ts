import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Problem } from '../model/result.ts';
import { formatProblems } from './explain.ts';
import { folderWith } from './fake-files.ts';

const problem = (file: string, [line, column]: [number, number], change: Partial<Problem> = {}): Problem => ({
  code: 'field-wrong',
  message: 'it is wrong',
  fix: 'Write `b`.',
  at: { file, line, column },
  ...change,
});

test('a problem is printed as a compiler does', () => {
  const file = join(folderWith({ 'x.yaml': 'title: x\n  steady: [ a ]\n' }), 'x.yaml');
  const text = formatProblems([problem(file, [2, 13], { found: 'a', expected: 'b or c', cause: 'ENOENT' })], {
    color: false,
  });
  expect(text.replace(file, 'x.yaml')).toBe(
    [
      'x.yaml:2:13  it is wrong',
      '  2 |   steady: [ a ]',
      '                  ^',
      '  found a, expected b or c',
      '  ENOENT',
      '  → Write `b`.',
    ].join('\n'),
  );
});

test('several end with their number, and one without a place is just its message', () => {
  const text = formatProblems(
    [problem('gone.yaml', [3, 1]), { code: 'usage', message: 'no', fix: 'Do it.' }],
    {
      color: false,
    },
  );
  expect(text).toBe('gone.yaml:3:1  it is wrong\n  → Write `b`.\n\nno\n  → Do it.\n\n2 problems');
});

test('a file that is missing as a whole is named once, and a cause keeps its lines', () => {
  const at = { file: 'gone.yaml' };
  const missing: Problem = { code: 'file-missing', message: 'gone.yaml does not exist', at, fix: 'Look.' };
  expect(formatProblems([{ ...missing, cause: 'first\n  second\n' }], { color: false })).toBe(
    'gone.yaml does not exist\n  first\n    second\n  → Look.',
  );
});

test('a cause that the message has said already is not said twice', () => {
  const failed: Problem = { code: 'inject-failed', message: 'We could not: a; b', fix: 'Look.' };
  expect(formatProblems([{ ...failed, cause: 'a\n  b\n' }], { color: false })).toBe(
    'We could not: a; b\n  → Look.',
  );
  expect(formatProblems([{ ...failed, cause: 'a\nc' }], { color: false })).toContain('\n  c\n');
});

test('a long line is cut around its place', () => {
  const line = `a: '${'x'.repeat(300)}' HERE ${'y'.repeat(300)}`;
  const file = join(folderWith({ 'x.yaml': line }), 'x.yaml');
  const [, shown = '', caret = ''] = formatProblems([problem(file, [1, line.indexOf('HERE') + 1])], {
    color: false,
  }).split('\n');
  expect(shown.length).toBeLessThan(105);
  expect(shown.slice(caret.indexOf('^'))).toMatch(/^HERE/);
});

test('what could harm a terminal is not printed, and neither is a password', () => {
  const file = join(folderWith({ 'x.yaml': "a: '\u001b[31m http://me:canary@x'\n" }), 'x.yaml');
  const text = formatProblems(
    [problem(file, [1, 1], { message: 'a\u001b[2J' }), problem(file, [1, 4], { code: 'secret-inline' })],
    { color: false },
  );
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('canary');
  expect(text).toContain('http://me:******@x');
  expect(formatProblems([problem(file, [1, 1])], { color: true })).toContain('\u001b[');
});
