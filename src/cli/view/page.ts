import { wrapLine } from '../../files/wrap.ts';

/** A line of a section, or a row of it: cells in columns, of which the last is a text that may be long. */
export type PageLine = string | readonly string[];

/** A titled part of a page of the catalogue. */
export interface Section {
  title: string;
  lines: readonly PageLine[];
  /** To be copied: not wrapped. */
  asItIs?: true;
}

/** What the catalogue says about one fault or signal. */
export interface Page {
  summary: string;
  sections: readonly Section[];
}

const INDENT = '  ';
const GAP = '  ';
/** How far what belongs to a line stands to its right. */
const HANG = 6;

/** A page for a terminal of so many columns, without colours; empty sections are left out. */
export function pageText({ summary, sections }: Page, columns: number): string {
  const blocks = sections
    .filter(({ lines }) => lines.length > 0)
    .map((section) => [`${section.title}:`, ...sectionLines(section, columns)]);
  return [wrapLine(summary, { columns, hang: 0 }), ...blocks].map((lines) => lines.join('\n')).join('\n\n');
}

function sectionLines({ lines, asItIs }: Section, columns: number): string[] {
  if (asItIs) return lines.flat().map((line) => INDENT + line);
  const row = rowWriter(
    lines.filter((line) => typeof line !== 'string'),
    columns,
  );
  return lines.flatMap((line) =>
    typeof line === 'string' ? wrapLine(INDENT + line, { columns, hang: HANG }) : row(line),
  );
}

/** Texts stand beside their names; below them where a word of a text would not fit there. */
function rowWriter(
  rows: readonly (readonly string[])[],
  columns: number,
): (row: readonly string[]) => string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.slice(0, -1).entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  const head = (row: readonly string[]): string =>
    row
      .slice(0, -1)
      .map((cell, at) => cell.padEnd(widths[at] ?? 0) + GAP)
      .join('');
  const hang = INDENT.length + widths.reduce((sum, width) => sum + width + GAP.length, 0);
  const words = rows.flatMap((row) => (row.at(-1) ?? '').split(' '));
  if (words.every((word) => hang + word.length <= columns))
    return (row) => wrapLine(INDENT + head(row) + (row.at(-1) ?? ''), { columns, hang });
  return (row) => [
    (INDENT + head(row)).trimEnd(),
    ...wrapLine(' '.repeat(HANG) + (row.at(-1) ?? ''), { columns, hang: HANG }),
  ];
}
