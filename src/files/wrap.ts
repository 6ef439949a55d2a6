/**
 * A line broken at blanks to lines of at most so many columns, those after the first indented by `hang`. A word that
 * is longer than a line stays whole, so that calls and addresses can be copied; blanks at the beginning and between
 * words stay as they are.
 */
export function wrapLine(line: string, { columns, hang }: { columns: number; hang: number }): string[] {
  const lines: string[] = [];
  let current = '';
  for (const piece of line.match(/\s*\S+/g) ?? ['']) {
    const fits = current.length + piece.length <= columns;
    if (fits || current.trim() === '') current += piece;
    else {
      lines.push(current);
      current = ' '.repeat(hang) + piece.trimStart();
    }
  }
  return [...lines, current];
}
