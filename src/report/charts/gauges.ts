import type { Point } from '../../model/series.ts';
import type { Nanos, Span } from '../../model/time.ts';
import { isJudged, since, type View } from '../view.ts';
import { listed, quantity } from '../words/figures.ts';
import type { Axis, Chart, Marked, Role, Series, Stretch } from './chart.ts';
import { cautions, frameOf, gapsOf, resetsOf, sentences, trendWindows } from './frame.ts';
import { type Judged, markOf } from './health.ts';
import { axisUnit, linearAxis } from './scale.ts';
import { type Sample, trendOf } from './trend.ts';

export interface GaugeLine {
  name: string;
  key: string;
  /** Moves of less than this are chance, as its signal states. */
  noise: number | undefined;
}

/** Gauges of one signal that share a unit: one chart. */
export interface GaugeGroup {
  signal: string;
  unit: string;
  interval_s: number | undefined;
  /** Totals, which only grow: their baseline says nothing of what is normal. */
  total: boolean;
  series: readonly GaugeLine[];
  /** When something happened to what is counted (pod transitions). */
  happened: readonly Nanos[];
}

const roles: Record<string, Role> = {
  ready: 'good',
  running: 'answered',
  pending: 'tone3',
  terminating: 'tone1',
};
const others: readonly Role[] = ['answered', 'tone2', 'good', 'tone1', 'tone3', 'tone6'];

const number = (value: Point['value']): number | null =>
  typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : null;

type Named = Pick<GaugeLine, 'name' | 'noise'>;

interface Steps {
  points: [number, number | null][];
}

/**
 * Step points from the recorded ones, broken where nothing was observed. What was written during a gap holds from its
 * end; without it nothing is known until the next point.
 */
function steps(view: View, key: string, span: Span): Steps {
  const gaps = gapsOf(view, key);
  const around = (x: number): Stretch | undefined => gaps.find((gap) => x >= gap.from && x < gap.to);
  const points: [number, number | null][] = view.samples.points(key, span).map((point) => {
    const x = since(view, Math.max(point.t, span.from));
    return [around(x)?.to ?? x, number(point.value)];
  });
  for (const gap of gaps) points.push([gap.from, null]);
  points.sort((a, b) => a[0] - b[0]);
  const end = since(view, span.to);
  const known = closed(points.filter(([x]) => x <= end));
  return { points: around(end) === undefined ? [...known, [end, known.at(-1)?.[1] ?? null]] : known };
}

/** Before each end of what is known, the last value once more: a step line is drawn only between two values. */
function closed(points: readonly [number, number | null][]): [number, number | null][] {
  return points.flatMap(([x, value], index): [number, number | null][] => {
    const last = points[index - 1]?.[1] ?? null;
    return value === null && last !== null
      ? [
          [x, last],
          [x, null],
        ]
      : [[x, value]];
  });
}

/** The value that held for most of the time. */
function heldLongest(points: Steps['points']): number | undefined {
  const held = new Map<number, number>();
  for (const [index, [x, value]] of points.entries()) {
    const next = points[index + 1]?.[0] ?? x;
    if (value !== null) held.set(value, (held.get(value) ?? 0) + next - x);
  }
  return [...held].reduce<[number, number] | undefined>(
    (best, one) => (best === undefined || one[1] > best[1] ? one : best),
    undefined,
  )?.[0];
}

/** A number of things, each of whose values means something: not what wanders, as a load average does. */
const isCount = (unit: string, noise: number | undefined): boolean => unit === '1' && noise === undefined;

/**
 * What is normal for a gauge: the values that the baseline had; for what is no count, their range and as much again
 * on either side, and its noise. Without any fault: of a count the value that it had longest, of other numbers any.
 */
function usualOf(
  view: View,
  { unit, noise }: { unit: string; noise: number | undefined },
  points: Steps['points'],
): (value: number) => boolean {
  const counts = isCount(unit, noise);
  if (!view.injected) return counts ? (value) => value === heldLongest(points) : () => true;
  const before = points.flatMap(([x, value]) => (x <= 0 && value !== null ? [value] : []));
  if (counts) return (value) => before.includes(value);
  const [low, high] = [Math.min(...before), Math.max(...before)];
  const margin = Math.max(high - low, Math.abs(high) * 0.1, noise ?? 0);
  return (value) => value >= low - margin && value <= high + margin;
}

/** Pieces of constant value after the first injection. */
function judged(
  view: View,
  of: { unit: string; noise: number | undefined },
  points: Steps['points'],
): Judged[] {
  if (!isJudged(view)) return [];
  const isUsual = usualOf(view, of, points);
  return points.flatMap(([from, value], index) => {
    const to = points[index + 1]?.[0] ?? from;
    if (to <= 0 || to === from) return [];
    return [{ from: Math.max(0, from), to, out: value === null ? null : !isUsual(value) }];
  });
}

function axisOf(group: GaugeGroup, highest: number): Axis {
  if (group.unit === '1') return linearAxis(Math.max(highest, 1) * 1.15, 'count', 'count');
  return linearAxis(Math.max(highest, 1e-3) * 1.08, axisUnit(group.unit), group.unit);
}

/** So many looks at a gauge show its trend. */
const LOOKS = 40;

/** A step line, looked at from time to time. */
function looksAt(points: Steps['points'], { from, to }: Stretch): Sample[] {
  const size = (to - from) / LOOKS;
  return Array.from({ length: LOOKS }, (_, index) => {
    const at = from + index * size;
    return { from: at, to: at + size, value: points.findLast(([x]) => x <= at)?.[1] ?? null };
  });
}

function markOfGauge(view: View, group: GaugeGroup, { name, noise, points }: Steps & Named): Marked {
  // A count that rises is more pods, or other values than in the baseline, which its own rule tells.
  const trends = isCount(group.unit, noise) ? [] : trendWindows(view);
  const trend = trends
    .map((window) =>
      trendOf(looksAt(points, window), {
        windows: [window],
        floor: noise ?? 0,
        subject: `‘${name}’`,
        write: (value) => quantity(value, group.unit),
      }),
    )
    .find((text) => text !== undefined);
  return markOf(judged(view, { unit: group.unit, noise }, points), {
    words: `‘${name}’ was not as ${view.injected ? 'it had been in the baseline' : 'for most of the run'}`,
    calm: `‘${name}’ stayed as it ${view.injected ? 'had been in the baseline' : 'was'}.`,
    warns: trend,
  });
}

const unitNames: Record<string, string> = { '1': 'counts', '%': 'percent', '1/s': 'per-second', By: 'bytes' };

/** What a chart's file and id say of it: its only series, or what all of them count. */
function groupName({ series: [first, second], unit, total }: GaugeGroup): string {
  if (second === undefined) return first?.name ?? 'gauge';
  return total ? 'totals' : (unitNames[unit] ?? unit);
}

/** Numbers as step lines: each value holds until the next. The mark is the first series' (`ready` of pods). */
export function gaugeChart(view: View, group: GaugeGroup): Chart {
  const span = { from: view.result.windows.baseline.from, to: view.span.to };
  const lines = group.series.map((one) => ({ ...one, ...steps(view, one.key, span) }));
  const highest = Math.max(0, ...lines.flatMap((one) => one.points.map(([, y]) => y ?? 0)));
  const main = lines[0];
  const mark = markOfGauge(view, group, {
    name: main?.name ?? '',
    noise: main?.noise,
    points: main?.points ?? [],
  });
  const isMarked = isJudged(view) && !group.total;
  const why = group.total ? 'A total only grows: what tells something is how fast.' : mark.why;
  const series = lines.map(
    (one, index): Series => ({
      name: one.name,
      role: roles[one.name] ?? others[index % others.length] ?? 'answered',
      style: 'step',
      points: one.points,
    }),
  );
  const notes = {
    gaps: main === undefined ? [] : gapsOf(view, main.key),
    resets: resetsOf(view, group.signal),
    limited: [],
    ...(group.interval_s === undefined ? {} : { sampled_s: group.interval_s }),
  };
  const ticks = group.happened.map((t) => since(view, t));
  return {
    name: `${group.signal}-${groupName(group)}`.replace(/[^\w-]+/g, '-'),
    title: `${group.signal}: ${listed(group.series.map((one) => one.name))}`,
    says: `Step lines of ${listed(group.series.map((one) => one.name))} of ${group.signal}. ${why}`,
    frame: frameOf(view),
    ...(isMarked ? { mark } : {}),
    plot: { is: 'series', axis: axisOf(group, highest), series },
    ...notes,
    ticks,
    caption: sentences(
      why,
      ticks.length === 0 ? '' : 'Each small mark under the axis is one recorded event.',
      ...cautions(notes),
    ),
    table: pointsTable(view, lines, group.unit),
  };
}

function pointsTable(view: View, lines: readonly (Steps & { name: string })[], unit: string): Chart['table'] {
  const times = [...new Set(lines.flatMap((one) => one.points.map(([x]) => x)))].sort((a, b) => a - b);
  const kept =
    times.length <= 400 ? times : times.filter((_, index) => index % Math.ceil(times.length / 400) === 0);
  const at = (points: Steps['points'], x: number): string => {
    const value = points.findLast(([from]) => from <= x)?.[1];
    return value === undefined || value === null ? '—' : quantity(value, unit);
  };
  return {
    columns: [
      { title: view.injected ? 'from (s)' : 'at (s)', align: 'right' },
      ...lines.map((one) => ({ title: one.name, align: 'right' as const })),
    ],
    rows: kept.map((x) => [
      `${x < 0 ? '−' : ''}${Math.abs(x).toFixed(2)}`,
      ...lines.map((one) => at(one.points, x)),
    ]),
  };
}
