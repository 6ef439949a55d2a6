import type { Scalar } from 'yaml';

/** One letter of a scalar's value and where it is written. */
interface Letter {
  letter: string;
  offset: number;
  /** How many letters of the source it takes. */
  length: number;
}

const BLANK = /\s/;

/**
 * The offset in the file of the letter at `index` of a scalar's value, whatever its style. YAML folds and indents
 * white space only, so the other letters stand in the source in the same order: they are counted. The scalar's start
 * where that does not come out.
 */
export function offsetInScalar(node: Scalar, text: string, index: number): number {
  const [start = 0] = node.range ?? [];
  const value = typeof node.value === 'string' ? node.value : (node.source ?? '');
  const written = lettersOf(node, text).filter(({ letter }) => !BLANK.test(letter));
  const wanted = [...value].filter((letter) => !BLANK.test(letter)).join('');
  if (written.map(({ letter }) => letter).join('') !== wanted) return start;
  const before = value.slice(0, index).replaceAll(/\s/g, '');
  const count = [...before].length;
  const blank = index >= value.length || BLANK.test(value[index] ?? ' ');
  const found = written[count];
  if (!blank && found !== undefined) return found.offset;
  const last = written[count - 1];
  if (last === undefined) return start;
  const spaces = /\s*$/.exec(value.slice(0, index))?.[0].length ?? 0;
  return Math.min(last.offset + last.length + spaces, found?.offset ?? Number.POSITIVE_INFINITY);
}

function lettersOf(node: Scalar, text: string): Letter[] {
  const [from, to] = node.range ?? [0, 0];
  switch (node.type) {
    case 'QUOTE_DOUBLE':
      return doubleQuoted(text, from + 1, to - 1);
    case 'QUOTE_SINGLE':
      return plain(text, from + 1, to - 1).filter(
        (one, index, all) => !(one.letter === "'" && quotesBefore(all, index) % 2 === 1),
      );
    case 'BLOCK_FOLDED':
    case 'BLOCK_LITERAL': {
      const header = text.indexOf('\n', from);
      return plain(text, header < 0 ? to : header, to);
    }
    default:
      return plain(text, from, to);
  }
}

function plain(text: string, from: number, to: number): Letter[] {
  const letters: Letter[] = [];
  let offset = from;
  for (const letter of text.slice(from, to)) {
    letters.push({ letter, offset, length: letter.length });
    offset += letter.length;
  }
  return letters;
}

/** How many quotes stand directly before: in single quotes, every second one is the first one's double. */
function quotesBefore(letters: readonly Letter[], index: number): number {
  let count = 0;
  while (letters[index - count - 1]?.letter === "'") count += 1;
  return count;
}

const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([\s\S]))/iy;
/** Escapes that are not white space and not the letter itself. */
const named: Record<string, string> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  _: '\xa0',
  N: '\x85',
  L: '\u2028',
  P: '\u2029',
};
const blanks = new Set(['n', 't', 'v', 'f', 'r', '\n', '\r', ' ', '\t']);

function doubleQuoted(text: string, from: number, to: number): Letter[] {
  const letters: Letter[] = [];
  let offset = from;
  while (offset < to) {
    const [letter = '', length] = text[offset] === '\\' ? escaped(text, offset) : unescaped(text, offset);
    letters.push({ letter, offset, length });
    offset += length;
  }
  return letters;
}

function unescaped(text: string, offset: number): [string, number] {
  const letter = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  return [letter, letter.length];
}

function escaped(text: string, offset: number): [string, number] {
  ESCAPE.lastIndex = offset;
  const [whole = '\\', x, u, big, one = ''] = ESCAPE.exec(text) ?? [];
  const hex = x ?? u ?? big;
  if (hex !== undefined) {
    const code = Number.parseInt(hex, 16);
    return [code > 0x10ffff ? '' : String.fromCodePoint(code), whole.length];
  }
  return [blanks.has(one) ? ' ' : (named[one] ?? one), whole.length];
}
