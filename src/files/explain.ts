import pc from 'picocolors';
import type { Place, Problem } from '../model/result.ts';
import { readText } from '../reach/files.ts';
import { withoutPasswords } from './read/shown.ts';

/** Printed columns of a source line; longer ones are cut around the place. */
const WIDTH = 90;

/**
 * Problems as a compiler prints them: place and message, the line with a caret below the place, what was found and
 * expected, and what to do. The files are read again for their lines; one that is gone is left out.
 */
export function formatProblems(problems: readonly Problem[], options: { color: boolean }): string {
  const colors = pc.createColors(options.color);
  const linesOf = lineReader();
  const blocks = problems.map((problem) => formatOne(problem, { colors, linesOf }));
  if (problems.length > 1) blocks.push(colors.dim(`${problems.length} problems`));
  return blocks.join('\n\n');
}

interface Printing {
  colors: ReturnType<typeof pc.createColors>;
  linesOf: (file: string) => readonly string[];
}

function formatOne(problem: Problem, { colors, linesOf }: Printing): string {
  const { at, found, expected } = problem;
  // A file that is missing as a whole is named by the message already.
  const named = at !== undefined && at.line === undefined && problem.message.startsWith(at.file);
  const where = at === undefined || named ? '' : `${colors.cyan(placeText(at))}  `;
  const parts = [
    found === undefined ? '' : `found ${clean(found)}`,
    expected === undefined ? '' : `expected ${clean(expected)}`,
  ];
  const compared = parts.filter((part) => part !== '').join(', ');
  return [
    `${where}${colors.bold(colors.red(clean(problem.message)))}`,
    ...(at === undefined || problem.code === 'secret-inline' ? [] : excerpt(at, linesOf, colors)),
    ...(compared === '' ? [] : [`  ${compared}`]),
    ...causeLines(problem).map((line) => colors.dim(`  ${clean(line)}`)),
    `  ${colors.green('→')} ${clean(problem.fix)}`,
  ].join('\n');
}

const placeText = ({ file, line, column }: Place): string =>
  [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');

function excerpt(
  { file, line, column = 1 }: Place,
  linesOf: Printing['linesOf'],
  colors: Printing['colors'],
): string[] {
  const text = line === undefined ? undefined : linesOf(file)[line - 1];
  if (text === undefined || text.trim() === '') return [];
  const from = column > WIDTH - 20 ? column - Math.floor(WIDTH / 2) : 0;
  const shown = clean(withoutPasswords(text)).slice(from, from + WIDTH);
  const gutter = `${line} | `;
  const caret = `${' '.repeat(gutter.length + (from > 0 ? 1 : 0) + column - 1 - from)}^`;
  const cut = `${from > 0 ? '…' : ''}${shown}${text.length > from + WIDTH ? '…' : ''}`;
  return [`  ${colors.dim(gutter)}${cut}`, `  ${colors.yellow(caret)}`];
}

/** The text of the system below may have several lines. */
const linesIn = (text: string): string[] => text.split(/\r?\n/).filter((line) => line.trim() !== '');

/** Without what would move the cursor or colour the terminal; as many letters as before. */
const clean = (text: string): string => text.replaceAll('\t', ' ').replaceAll(/\p{Cc}/gu, '·');

function lineReader(): Printing['linesOf'] {
  const known = new Map<string, readonly string[]>();
  return (file) => {
    const lines = known.get(file);
    if (lines !== undefined) return lines;
    const read = readText(file);
    const fresh = read.ok ? read.value.split(/\r?\n/) : [];
    known.set(file, fresh);
    return fresh;
  };
}

/** The exact text below a message, where the message has not said all of it already. */
export function causeLines({ message, cause = '' }: Problem): string[] {
  const lines = linesIn(cause);
  return cause === '' || message.endsWith(lines.map((line) => line.trim()).join('; ')) ? [] : lines;
}
