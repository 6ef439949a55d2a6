import type { Axis, Chart, Series, WindowBand } from './chart.ts';
import { axisLabel } from './scale.ts';

const LEVELS = '▁▂▃▄▅▆▇█';
const NAME = 14;
/** Room for the figures behind a line. */
const RANGE = 22;

/** Where a chart's seconds lie in a line of characters. */
interface Columns {
  from: number;
  to: number;
  count: number;
}

/** A chart as lines of text: a ruler of its windows, and each series as bars of eight levels with its range. */
export function textChart(chart: Chart, width: number): string {
  if (chart.plot.is !== 'series') return chart.title;
  const { axis, series } = chart.plot;
  const count = Math.max(16, Math.min(100, width) - NAME - RANGE);
  const columns = { from: chart.frame.from, to: chart.frame.to, count };
  const lines = series
    .filter((one) => one.style !== 'faint' && one.points.length > 0)
    .map((one) => {
      const values = valuesOf(one, columns);
      return `${cut(one.name, NAME)}${bars(values, axis)}  ${rangeOf(values, axis.unit)}`;
    });
  return [
    `${chart.title} (${axis.title})`,
    ''.padEnd(NAME) + ruler(chart.frame.bands, columns),
    ...lines,
  ].join('\n');
}

const cut = (text: string, width: number): string =>
  text.length < width ? text.padEnd(width) : `${text.slice(0, width - 2)}… `;

/** The highest value of each column; a column without a point shows what was so at the last one before it. */
function valuesOf(series: Series, { from, to, count }: Columns): (number | null)[] {
  const span = Math.max(1e-9, to - from);
  const columns = new Map<number, { highest: number | null; last: number | null }>();
  let before: number | null = null;
  for (const [at, value] of series.points) {
    const index = Math.floor(((at - from) / span) * count);
    if (index < 0) before = value;
    const { highest = null } = columns.get(index) ?? {};
    columns.set(index, {
      highest: value === null ? highest : Math.max(highest ?? value, value),
      last: value,
    });
  }
  let held = before;
  return Array.from({ length: count }, (_, index) => {
    const column = columns.get(index);
    if (column === undefined) return held;
    held = column.last;
    return column.highest;
  });
}

function bars(values: readonly (number | null)[], axis: { scale: string; min: number; max: number }): string {
  const place = (value: number): number =>
    axis.scale === 'log' ? Math.log10(Math.max(value, axis.min, 1e-6)) : value;
  const [low, high] = [place(axis.min), place(axis.max)];
  return values
    .map((value) => {
      if (value === null) return ' ';
      const share = (place(value) - low) / Math.max(1e-9, high - low);
      return LEVELS[Math.min(LEVELS.length - 1, Math.max(0, Math.round(share * (LEVELS.length - 1))))];
    })
    .join('');
}

function rangeOf(values: readonly (number | null)[], unit: Axis['unit']): string {
  const seen = values.filter((value) => value !== null);
  if (seen.length === 0) return 'not observed';
  const [least, most] = [Math.min(...seen), Math.max(...seen)];
  return least === most ? axisLabel(least, unit) : `${axisLabel(least, unit)} to ${axisLabel(most, unit)}`;
}

function ruler(bands: readonly WindowBand[], { from, to, count }: Columns): string {
  const at = (seconds: number): number => Math.round(((seconds - from) / Math.max(1e-9, to - from)) * count);
  const line = Array.from({ length: count }, () => ' ');
  for (const band of bands) {
    const [start, end] = [Math.max(0, at(band.from)), Math.min(count, at(band.to))];
    const text = `|${band.name}`.slice(0, Math.max(0, end - start));
    for (const [index, char] of [...text].entries()) line[start + index] = char;
  }
  return line.join('').trimEnd();
}
