import type { ASTNode } from '@marcbachmann/cel-js';
import { nearestOf } from './nearest.ts';

/** What is wrong with an expression, and where. */
export interface ExpressionError {
  message: string;
  /** 0-based into the text. */
  offset: number;
  /** The wrong word. */
  found?: string;
  /** What could stand there. */
  expected?: string;
  /** The nearest right name. */
  nearest?: string;
}

/** Collects the first thing that is wrong while an expression is read. */
export interface Reading {
  readonly text: string;
  error?: ExpressionError;
}

/** Notes what is wrong, unless something already is; always undefined, so that a reader can return it. */
export function wrong(reading: Reading, error: ExpressionError): undefined {
  reading.error ??= error;
}

/** What is written at a node, shortened for a message. */
export function sourceOf(reading: Reading, node: ASTNode): string {
  const source = reading.text.slice(node.start, node.end);
  return source.length > 60 ? `${source.slice(0, 57)}...` : source;
}

/** A node that must not stand there. */
export const wrongNode = (reading: Reading, node: ASTNode, message: string): undefined =>
  wrong(reading, { message, offset: node.start, found: sourceOf(reading, node) });

const MOST_NAMES = 12;

/** The names that could stand there, the longest lists shortened. */
function listed(names: readonly string[]): string {
  if (names.length <= MOST_NAMES) return names.join(', ');
  return `${names.slice(0, MOST_NAMES).join(', ')}, … (${names.length} names)`;
}

/** A word that is none of the names valid at its place. */
export function wrongName(
  reading: Reading,
  {
    word,
    offset,
    names,
    message,
  }: { word: string; offset: number; names: readonly string[]; message: string },
): undefined {
  const nearest = nearestOf(word, names);
  return wrong(reading, {
    message,
    offset,
    found: word,
    expected: listed(names),
    ...(nearest === undefined ? {} : { nearest }),
  });
}

/** Makes a parser's error one of ours. */
export function syntaxError(text: string, error: unknown): ExpressionError {
  const { code, range, summary } = celErrorOf(error);
  const offset = Math.min(range?.start ?? 0, text.length);
  const word = /^(?:[A-Za-z0-9_]+|[&|=]+|[\s\S])/.exec(text.slice(offset))?.[0];
  if (code === 'invalid_macro_argument')
    return { message: 'macros cannot be used here', offset, found: word ?? '' };
  const percent = percentProblem(text, offset);
  if (percent !== undefined) return percent;
  if (word === undefined) return { message: 'the expression ends too early', offset: text.length };
  const turned = /^=[<>]/.exec(text.slice(offset))?.[0];
  if (turned !== undefined)
    return { message: `\`${turned}\` compares nothing`, offset, found: turned, nearest: `${turned[1]}=` };
  const hint = hints.find((candidate) => candidate.when(word, text.slice(0, offset)));
  if (hint !== undefined) return { message: hint.message, offset, found: word, ...hint.fix };
  if (code === 'reserved_identifier')
    return { message: `\`${word}\` is a word of the language`, offset, found: word };
  if (code === 'limit_exceeded' || code === '')
    return { message: 'the expression is too deeply nested', offset };
  const known = code === 'unexpected_character' || code === 'unexpected_token' || code === 'expected_token';
  return { message: known ? `\`${word}\` cannot stand here` : decapitalized(summary), offset, found: word };
}

/** `50%` reads as a remainder whose second half is missing. */
function percentProblem(text: string, offset: number): ExpressionError | undefined {
  const [whole, number] = /(\d+(?:\.\d+)?)\s*%\s*$/.exec(text.slice(0, offset)) ?? [];
  if (whole === undefined) return undefined;
  return {
    message: 'shares are numbers from 0 to 1 here, without %',
    offset: text.slice(0, offset).lastIndexOf(whole),
    found: whole.trim(),
    expected: 'a number from 0 to 1',
    nearest: String(Number((Number(number) / 100).toPrecision(12))),
  };
}

interface Hint {
  when: (word: string, before: string) => boolean;
  message: string;
  fix?: { expected: string };
}

const hints: readonly Hint[] = [
  { when: (word) => word === '=', message: '`=` compares nothing', fix: { expected: '==' } },
  { when: (word) => word === '&', message: '`&` is no operator', fix: { expected: '&&' } },
  { when: (word) => word === '|', message: '`|` is no operator', fix: { expected: '||' } },
  { when: (word) => /^and$/i.test(word), message: '`and` is written `&&`', fix: { expected: '&&' } },
  { when: (word) => /^or$/i.test(word), message: '`or` is written `||`', fix: { expected: '||' } },
  { when: (word) => /^not$/i.test(word), message: '`not` is written `!`', fix: { expected: '!' } },
  {
    when: (word, before) => /^[A-Za-z]/.test(word) && /\d$/.test(before),
    message: 'a number has no unit here: the measure has it in its name (`…_s`, `…_ms`)',
    fix: { expected: 'a bare number' },
  },
];

const decapitalized = (text: string): string => `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;

interface CelError {
  code: string;
  summary: string;
  range?: { start: number };
}

function celErrorOf(error: unknown): CelError {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') {
    return { code: '', summary: '' };
  }
  const { code } = error;
  const summary = 'summary' in error && typeof error.summary === 'string' ? error.summary : error.message;
  const range = 'range' in error ? (error.range as { start: number } | undefined) : undefined;
  return { code, summary, ...(range === undefined ? {} : { range }) };
}
