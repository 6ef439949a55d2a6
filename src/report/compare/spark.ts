interface Columns {
  /** The seconds of the first column's start and the last one's end. */
  from: number;
  to: number;
  /** How many there are. */
  width: number;
  /** Each point holds until the next; else it is the middle of a counted stretch. */
  steps: boolean;
  /** Of what is good the lowest value of a column says most, of everything else the highest. */
  lowest: boolean;
}

/** The highest (or lowest) value in each column; null where nothing was observed, undefined outside of the run. */
export function inColumns(
  points: readonly (readonly [number, number | null])[],
  of: Columns,
): (number | null | undefined)[] {
  const columns: (number | null | undefined)[] = Array.from({ length: of.width });
  const at = (x: number): number =>
    Math.min(of.width - 1, Math.max(0, Math.floor(((x - of.from) / (of.to - of.from || 1)) * of.width)));
  for (const [index, [x, y]] of points.entries()) {
    const [before, next] = [points[index - 1]?.[0], points[index + 1]?.[0]];
    // The first and the last one reach as far outwards as inwards.
    const first = of.steps ? x : x - Math.abs(x - (before ?? next ?? x)) / 2;
    const last = of.steps ? (next ?? x) : x + Math.abs((next ?? before ?? x) - x) / 2;
    for (let column = at(first); column <= at(last); column += 1) {
      const other = columns[column];
      columns[column] = y === null ? (other ?? null) : (of.lowest ? Math.min : Math.max)(other ?? y, y);
    }
  }
  return columns;
}
