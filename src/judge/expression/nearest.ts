/**
 * The number of single letters to insert, delete, replace or swap with their neighbour to make one word of the
 * other (optimal string alignment).
 */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (same ? 0 : 1),
          swapped && row > 1 && column > 1 ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

const at = (numbers: readonly number[], index: number): number => numbers[index] ?? Number.POSITIVE_INFINITY;

/** The name that was probably meant, if one is near enough: at most half of the longer word is different. */
export function nearestOf(found: string, names: readonly string[]): string | undefined {
  const wanted = found.toLowerCase().slice(0, 80);
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(wanted, name.toLowerCase().slice(0, 80));
    if (distance > Math.max(wanted.length, name.length) / 2) continue;
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  return best?.name;
}
