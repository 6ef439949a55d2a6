import { clean, shorten } from '../document/clean.ts';

/** How a cell is meant; the caller says what that looks like. */
export type CellLook = 'good' | 'warn' | 'bad' | 'info' | 'strong' | 'faint';

export type Cell = string | { text: string; look?: CellLook };

export interface TextColumn {
  title: string;
  align?: 'right';
  /** Where a line would be too long, this column gives way first, down to so many letters. */
  least?: number;
}

export interface TextTable {
  columns: readonly TextColumn[];
  rows: readonly (readonly Cell[])[];
}

export interface TableOptions {
  /** Longest line; a table that cannot be narrower is wider all the same. */
  width?: number;
  colour?: (text: string, as: CellLook) => string;
}

/** Between two columns. */
const APART = '  ';

const textOf = (cell: Cell | undefined): string =>
  clean(typeof cell === 'object' ? cell.text : (cell ?? '')).replaceAll('\n', ' ');

/** A table for a terminal or a pipe: columns in line, no letter for decoration. */
export function textTable({ columns, rows }: TextTable, options: TableOptions = {}): string {
  const { colour = (text: string): string => text } = options;
  const widths = widthsOf({ columns, rows }, options.width ?? Number.POSITIVE_INFINITY);
  const line = (cells: readonly Cell[]): string =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index];
        const width = widths[index] ?? 0;
        const text = shorten(textOf(cell), width);
        const shown = typeof cell === 'object' && cell.look !== undefined ? colour(text, cell.look) : text;
        const blanks = ' '.repeat(Math.max(0, width - [...text].length));
        return align === 'right' ? `${blanks}${shown}` : `${shown}${blanks}`;
      })
      .join(APART)
      .trimEnd();
  const head = columns.map(({ title }): Cell => ({ text: title, look: 'faint' }));
  return [head, ...rows].map(line).join('\n');
}

function widthsOf({ columns, rows }: TextTable, most: number): number[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((cells) => [...textOf(cells[index])].length)),
  );
  let over = widths.reduce((sum, width) => sum + width + APART.length, -APART.length) - most;
  for (const [index, { least }] of columns.entries()) {
    const width = widths[index] ?? 0;
    if (least === undefined || over <= 0) continue;
    const less = Math.min(over, Math.max(0, width - Math.max(least, 1)));
    widths[index] = width - less;
    over -= less;
  }
  return widths;
}
