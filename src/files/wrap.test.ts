import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrapLine } from './wrap.ts';

test('breaks at blanks and hangs what follows', () => {
  expect(wrapLine('  does   one two three', { columns: 14, hang: 9 })).toEqual([
    '  does   one',
    '         two',
    '         three',
  ]);
});

test('a word longer than a line stays whole, and a short line stays as it is', () => {
  expect(wrapLine('a http://127.0.0.1/long b', { columns: 8, hang: 2 })).toEqual([
    'a',
    '  http://127.0.0.1/long',
    '  b',
  ]);
  expect(wrapLine('', { columns: 8, hang: 2 })).toEqual(['']);
});

test('no word is lost or changed, and no line of several words is too long', () => {
  const words = fc.array(fc.stringMatching(/^[a-z/]{1,12}$/), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(
      words,
      fc.integer({ min: 5, max: 40 }),
      fc.integer({ min: 0, max: 4 }),
      (parts, columns, hang) => {
        const lines = wrapLine(parts.join(' '), { columns, hang });
        expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(parts);
        for (const line of lines) {
          if (line.trim().includes(' ')) expect(line.length).toBeLessThanOrEqual(columns);
        }
      },
    ),
  );
});
