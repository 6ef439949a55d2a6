import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseSource } from './source.ts';

const lettersAt = (text: string, index: number): string => {
  const source = parseSource('x.yaml', text);
  const { line = 0, column = 0 } = source.placeIn(['a', 'b'], index);
  return text.split('\n')[line - 1]?.slice(column - 1) ?? '';
};

test.each([
  ['plain', 'a:\n  b: votes.p95 < 10', 'votes.p95 < 10'],
  ['plain over two lines', 'a:\n  b: votes.p95 <\n     10', 'votes.p95 < 10'],
  ['single quotes', "a:\n  b: 'x == ''y'' && z'", "x == 'y' && z"],
  ['double quotes', 'a:\n  b: "x == \\"y\\" \\\n     && z"', 'x == "y" && z'],
  ['a block', 'a:\n  b: |\n    x > 1 &&\n      z < 2\n', 'x > 1 &&\n  z < 2\n'],
  ['a folded block', 'a:\n  b: >- # why\n    x > 1 &&\n    z < 2\n', 'x > 1 && z < 2'],
  ['a mapping in one line', 'a: { b: x > 1 && z, c: 2 }', 'x > 1 && z'],
])('points at a letter in %s', (_style, text, value) => {
  expect(parseSource('x.yaml', text).valueAt(['a', 'b'])).toBe(value);
  for (const word of ['z', '10', 'x', 'votes']) {
    const index = value.indexOf(word);
    if (index >= 0) expect(lettersAt(text, index).startsWith(word), word).toBe(true);
  }
});

test('the end of a text is the place after its last letter', () => {
  const text = 'a: { b: "x >" }';
  expect(lettersAt(text, 3)).toBe('" }');
  expect(lettersAt(text, 99)).toBe('" }');
});

test('every letter of every text in every style is found where it is written', () => {
  const letters = fc.constantFrom(...('abz09 .<>=&|()"\'\\[]#:-é\n\t🙂'.match(/./gsu) ?? ['a']));
  const values = fc.array(letters, { minLength: 1, maxLength: 60 }).map((list) => list.join(''));
  const styles = fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED');
  fc.assert(
    fc.property(values, styles, (value, style) => {
      const text = stringify(
        { a: { b: value } },
        { defaultStringType: style as 'PLAIN', defaultKeyType: 'PLAIN', lineWidth: 24 },
      );
      const read = parseSource('x.yaml', text).valueAt(['a', 'b']);
      fc.pre(read === value);
      for (let index = 0; index < value.length; index += 1) {
        const letter = String.fromCodePoint(value.codePointAt(index) ?? 0);
        if (/\s/.test(letter) || /[\udc00-\udfff]/.test(letter)) continue;
        const written = lettersAt(text, index);
        const escaped = written.startsWith('\\') || (letter === "'" && written.startsWith("'"));
        expect(
          escaped || written.startsWith(letter),
          `${JSON.stringify(text)} ${index} ${letter} ${written}`,
        ).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
