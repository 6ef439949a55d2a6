import type { Table, Text } from '../document/blocks.ts';
import { shorten } from '../document/clean.ts';
import type { Axis, Chart, Role, Series } from './chart.ts';
import { axisLabel, linearAxis } from './scale.ts';

/** One chart among its like: of one run, or none where that run did not record it. */
export interface Panel {
  /** `A`, and what it is of. */
  label: string;
  title: string;
  chart?: Chart;
}

/** Charts of the same series of several runs, on the same seconds and the same values. */
export interface PanelRow {
  name: string;
  title: string;
  /** What the lines mean; the same in every panel. */
  legend: readonly Pick<Series, 'name' | 'role' | 'style'>[];
  panels: readonly Panel[];
  caption: Text;
  /** The leading line of each panel, for the table and for where there are no pictures. */
  leading: string;
  table: Table;
}

/** A run's charts, and how it is called beside others. */
export interface PanelSource {
  label: string;
  title: string;
  charts: readonly Chart[];
}

type SeriesChart = Chart & { plot: Extract<Chart['plot'], { is: 'series' }> };

const isSeries = (chart: Chart | undefined): chart is SeriesChart => chart?.plot.is === 'series';

/** Lines up the charts of the same name, in the order in which runs have them; lanes are left out. */
export function panelRows(sources: readonly PanelSource[]): PanelRow[] {
  const all = sources.flatMap(({ charts }) => charts.filter(isSeries));
  const frame = {
    from: Math.min(...all.map((chart) => chart.frame.from)),
    to: Math.max(...all.map((chart) => chart.frame.to)),
  };
  return [...new Set(all.map(({ name }) => name))].map((name) => rowOf(name, sources, frame));
}

function rowOf(name: string, sources: readonly PanelSource[], frame: { from: number; to: number }): PanelRow {
  const found = sources
    .map(({ charts }) => charts.find((chart) => chart.name === name))
    .map((chart) => (isSeries(chart) ? chart : undefined));
  const charts = found.filter((chart) => chart !== undefined);
  const legend = legendOf(charts);
  const axis = sharedAxis(charts.map(({ plot }) => plot.axis));
  const panels = sources.map(({ label, title }, index): Panel => {
    const chart = found[index];
    if (chart === undefined) return { label, title };
    const series = chart.plot.series.map((one) => onAxis(one, { axis, legend }));
    return {
      label,
      title,
      chart: {
        ...chart,
        name: `${name}-${label}`,
        title: shorten(`${label} · ${title}`, 40),
        says: `${label}, ${title}. ${chart.says}`,
        frame: { ...chart.frame, ...frame },
        plot: { ...chart.plot, axis, series },
      },
    };
  });
  const leading = leadingName(charts[0]);
  const scale = axis.scale === 'log' ? 'The axis is logarithmic.' : '';
  return {
    name,
    title: charts[0]?.title ?? name,
    legend,
    panels,
    caption: [`All ${axisWords(axis)}. ${scale}`.trim()],
    leading,
    table: tableOf(panels, { leading, axis }),
  };
}

const axisWords = (axis: Axis): string =>
  `from ${axisLabel(axis.min, axis.unit)} to ${axisLabel(axis.max, axis.unit)}`;

/** Lines of the same name have the same colour in every panel; those that not all have get one that is free. */
function legendOf(charts: readonly SeriesChart[]): PanelRow['legend'] {
  const legend = new Map<string, PanelRow['legend'][number]>();
  const spare: Role[] = ['tone1', 'tone2', 'tone3', 'tone4', 'tone5', 'tone6'];
  for (const { name, role, style } of charts.flatMap(({ plot }) => plot.series)) {
    if (legend.has(name)) continue;
    const taken = [...legend.values()].map((one) => one.role);
    const own = taken.includes(role) ? (spare.find((one) => !taken.includes(one)) ?? role) : role;
    legend.set(name, { name, role: own, style });
  }
  return [...legend.values()];
}

function onAxis(series: Series, { axis, legend }: { axis: Axis; legend: PanelRow['legend'] }): Series {
  const role = legend.find(({ name }) => name === series.name)?.role ?? series.role;
  const points = series.points.map(([x, y]) => [x, y === null ? null : Math.max(axis.min, y)] as const);
  return { ...series, role, points };
}

/** The axis that holds all of them: logarithmic where one needs to be. */
function sharedAxis(axes: readonly Axis[]): Axis {
  const [first] = axes;
  if (first === undefined) return linearAxis(1, 'other', '');
  const logs = axes.filter(({ scale }) => scale === 'log');
  const highest = axes.reduce((top, axis) => (axis.max > top.max ? axis : top), first);
  const [log] = logs;
  if (log === undefined) return highest;
  return {
    ...log,
    min: Math.min(...logs.map(({ min }) => min)),
    max: 10 ** Math.ceil(Math.log10(Math.max(...axes.map(({ max }) => max)))),
  };
}

/** The line that says most: p95 of latencies, the sum of bars, else the first. */
function leadingName(chart: SeriesChart | undefined): string {
  const series = chart?.plot.series ?? [];
  if (series[0]?.style === 'bars' || series[0]?.name === 'no errors') return 'failed';
  return series.find(({ name }) => name === 'p95')?.name ?? series[0]?.name ?? '';
}

/** The points of a panel's leading line; bars that stack are summed. */
export function leadingPoints(
  { chart }: Panel,
  leading: string,
): readonly (readonly [number, number | null])[] {
  if (!isSeries(chart)) return [];
  const { series } = chart.plot;
  const named = series.find(({ name }) => name === leading);
  if (named !== undefined) return named.points;
  const [first, ...others] = series;
  if (first === undefined) return [];
  return first.points.map(([x, y], index) => {
    const more = others.map(({ points }) => points[index]?.[1] ?? 0);
    return [x, y === null ? null : more.reduce((sum, one) => sum + one, y)] as const;
  });
}

/** A long table helps nobody. */
const MOST_ROWS = 300;

function tableOf(panels: readonly Panel[], { leading, axis }: { leading: string; axis: Axis }): Table {
  const lines = panels.map((panel) => leadingPoints(panel, leading));
  const steps = panels.some(({ chart }) => isSeries(chart) && chart.plot.series[0]?.style === 'step');
  const times = [...new Set(lines.flatMap((points) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const kept = times.filter((_, index) => index % Math.ceil(times.length / MOST_ROWS) === 0);
  const at = (points: (typeof lines)[number], x: number): string => {
    const value = steps
      ? points.findLast(([from]) => from <= x)?.[1]
      : points.find(([from]) => Math.abs(from - x) < 1e-6)?.[1];
    return value === undefined || value === null ? '—' : axisLabel(value, axis.unit);
  };
  return {
    columns: [
      { title: 'at (s)', align: 'right' },
      ...panels.map(({ label }) => ({ title: `${label}: ${leading}`, align: 'right' as const })),
    ],
    rows: kept.map((x) => [
      `${x < 0 ? '−' : ''}${Math.abs(x).toFixed(2)}`,
      ...lines.map((points) => at(points, x)),
    ]),
  };
}
