import { expect, test } from 'vitest';
import type { Problem } from '../model/result.ts';
import { report } from './failing.ts';

test('the exit code is of a wrong file before it is of a limit, and of the first one otherwise', () => {
  const problem = (code: Problem['code']): Problem => ({ code, message: code, fix: 'Do it.' });
  const printed: string[] = [];
  const terminal = { err: (text: string) => void printed.push(text), errColor: false };
  expect(report(terminal, [problem('limit-exceeded')])).toBe(6);
  expect(report(terminal, [problem('limit-exceeded'), problem('field-wrong')])).toBe(2);
  expect(report(terminal, [problem('undo-failed'), problem('disk-full')])).toBe(5);
  expect(printed[1]).toContain('2 problems');
});
