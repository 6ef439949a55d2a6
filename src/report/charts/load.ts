import { coveredSeconds } from '../../judge/look/spans.ts';
import { lateSpans } from '../../judge/measures/ended.ts';
import { nearestRank } from '../../judge/measures/percentile.ts';
import { seriesKey } from '../../model/samples.ts';
import type { Operation } from '../../model/series.ts';
import { NANOS_PER_SECOND, type Span } from '../../model/time.ts';
import { findMeasure, type View } from '../view.ts';
import { figure, measured, millis } from '../words/figures.ts';
import { type Bucket, bucketSize, cutOperations, limitedStretches } from './buckets.ts';
import type { Axis, Chart, Role, Series } from './chart.ts';
import { cautions, frameOf, gapsOf, sentences } from './frame.ts';
import { type Judged, markOf } from './health.ts';
import { linearAxis } from './scale.ts';

/** One load (or probe), cut once for all its charts. */
interface Load {
  view: View;
  signal: string;
  /** `votes`, or `votes.reads` where the signal has more than one series of operations. */
  title: string;
  name: string;
  buckets: readonly Bucket[];
  size_s: number;
  base: Pick<Chart, 'frame' | 'gaps' | 'limited' | 'ticks'>;
  cautions: readonly string[];
}

interface Source {
  signal: string;
  key: string;
  title: string;
}

function loadOf(view: View, source: Source): Load {
  const span: Span = { from: view.result.windows.baseline.from, to: view.span.to };
  const operations: readonly Operation[] = view.samples.operations(source.key, span);
  const gaps = view.samples.gaps(source.key, span);
  const late = lateSpans(view.samples.points(seriesKey(source.signal, 'schedule_error_ms'), span));
  const base = {
    frame: frameOf(view),
    gaps: gapsOf(view, source.key),
    limited: limitedStretches(late, operations, view.zero),
    ticks: [],
  };
  const size_s = bucketSize((span.to - span.from) / NANOS_PER_SECOND);
  return {
    view,
    signal: source.signal,
    title: source.title,
    name: source.title.replace(/[^\w-]+/g, '-'),
    buckets: cutOperations(operations, { zero: view.zero, span, size_s, gaps }),
    size_s,
    base,
    cautions: cautions({ ...base, late_s: coveredSeconds(late, span) }),
  };
}

const middle = (bucket: Bucket): number => (bucket.from + bucket.to) / 2;

const line = (load: Load, pick: (bucket: Bucket) => number | null): Series['points'] =>
  load.buckets.map((bucket) => [middle(bucket), bucket.observed ? pick(bucket) : null] as const);

const judge = (load: Load, out: (bucket: Bucket) => boolean | null): Judged[] =>
  load.view.injected
    ? load.buckets.map((bucket) => ({
        from: bucket.from,
        to: bucket.to,
        out: bucket.observed ? out(bucket) : null,
      }))
    : [];

const cell = (value: number | null, write: (value: number) => string): string =>
  value === null ? '—' : write(value);

const start = (bucket: Bucket): string => `${bucket.from < 0 ? '−' : ''}${Math.abs(bucket.from).toFixed(1)}`;

/** `baseline 5.8 ms → fault 506 ms → recovery 5.9 ms`, as far as they are known. */
const inWindows = (load: Load, name: string): string => {
  const { view, signal } = load;
  const words = (['baseline', 'fault', 'recovery'] as const).flatMap((window) => {
    const found = findMeasure(view, { signal, window, measure: name });
    const isKnown = found !== undefined && found.measured.is !== 'unknown';
    return isKnown ? [`${window} ${measured(found.measured, found.unit, name)}`] : [];
  });
  return words.join(' → ');
};

const sizeWords = (load: Load): string =>
  load.size_s === 0.5 ? 'half a second' : load.size_s === 1 ? 'a second' : `${load.size_s} s`;

function ratesChart(load: Load): Chart {
  const series: Series[] = [
    { name: 'succeeded', role: 'good', style: 'area', points: line(load, (one) => one.succeeded_per_s) },
    { name: 'answered', role: 'answered', style: 'line', points: line(load, (one) => one.answered_per_s) },
    { name: 'sent', role: 'wanted', style: 'dashed', points: line(load, (one) => one.sent_per_s) },
  ];
  const highest = Math.max(1, ...series.flatMap((one) => one.points.map(([, y]) => y ?? 0)));
  const isShort = (one: Bucket): boolean | null =>
    one.sent_per_s === null || one.succeeded_per_s === null
      ? null
      : one.succeeded_per_s < one.sent_per_s * 0.95;
  const mark = markOf(judge(load, isShort), {
    words: 'Fewer than 95 % of what was sent succeeded in the same stretch',
    calm: 'At least 95 % of what was sent succeeded in every stretch.',
  });
  return {
    ...load.base,
    name: `${load.name}-rate`,
    title: `${load.title}: sent, answered, succeeded`,
    says: `Line chart of ${load.title} a second: sent, answered and succeeded. ${mark.why}`,
    ...(load.view.injected ? { mark } : {}),
    plot: { is: 'series', axis: linearAxis(highest * 1.02, '/s', 'a second'), series },
    caption: sentences(`Counted per ${sizeWords(load)}.`, mark.why, ...load.cautions),
    table: {
      columns: [
        { title: 'from (s)', align: 'right' },
        { title: 'sent/s', align: 'right' },
        { title: 'answered/s', align: 'right' },
        { title: 'succeeded/s', align: 'right' },
        { title: 'missed by us', align: 'right' },
      ],
      rows: load.buckets.map((one) => [
        start(one),
        cell(one.sent_per_s, figure),
        cell(one.answered_per_s, figure),
        cell(one.succeeded_per_s, figure),
        figure(one.missed),
      ]),
    },
  };
}

/** Half of the p95 before the fault, which single outliers do not move. */
function baselineP95(load: Load): number | undefined {
  const values = load.buckets.flatMap((one) =>
    one.to <= 0 && one.observed && one.p95_ms !== null ? [one.p95_ms] : [],
  );
  return (
    nearestRank(
      values.sort((a, b) => a - b),
      50,
    ) ?? undefined
  );
}

/**
 * Linear from zero; logarithmic where the worst is over eight times what nine of ten stretches stay under, and over
 * 50 ms: then single outliers would flatten all the rest.
 */
function latencyAxis(load: Load): Axis {
  const seen = load.buckets.filter((one) => one.observed);
  const p95s = seen.flatMap((one) => (one.p95_ms === null ? [] : [one.p95_ms])).sort((a, b) => a - b);
  const usual = nearestRank(p95s, 90) ?? 0;
  const worst = Math.max(1, ...seen.map((one) => one.max_ms ?? 0));
  if (worst > 50 && worst > usual * 8) {
    return {
      scale: 'log',
      min: 1,
      max: 10 ** Math.ceil(Math.log10(worst)),
      unit: 'ms',
      title: 'logarithmic',
    };
  }
  return linearAxis(Math.max(worst * 1.05, 20), 'ms', 'linear');
}

function latencyChart(load: Load): Chart {
  const axis = latencyAxis(load);
  const floor = axis.scale === 'log' ? 1 : 0;
  const at = (pick: (bucket: Bucket) => number | null) =>
    line(load, (one) => {
      const value = pick(one);
      return value === null ? null : Math.max(floor, value);
    });
  const base = baselineP95(load);
  const limit = base === undefined ? undefined : Math.max(base * 2, base + 20);
  const mark = markOf(
    judge(load, (one) => (limit === undefined || one.p95_ms === null ? null : one.p95_ms > limit)),
    { words: `p95 was over ${millis(limit ?? 0)}`, calm: `p95 never rose above ${millis(limit ?? 0)}.` },
  );
  const scale = axis.scale === 'log' ? 'The axis is logarithmic: each line is ten times the one below.' : '';
  const windows = inWindows(load, 'p95_ms');
  return {
    ...load.base,
    name: `${load.name}-latency`,
    title: `${load.title}: latency`,
    says: `Line chart of the latency of ${load.title}: median, p95 and worst. p95: ${windows || 'not measured'}. ${mark.why}`,
    ...(load.view.injected ? { mark } : {}),
    plot: {
      is: 'series',
      axis,
      series: [
        { name: 'p50', role: 'median', style: 'line', points: at((one) => one.p50_ms) },
        { name: 'p95', role: 'high', style: 'line', points: at((one) => one.p95_ms) },
        { name: 'worst', role: 'worst', style: 'dots', points: at((one) => one.max_ms) },
        {
          name: 'p95 from when it was really sent',
          role: 'service',
          style: 'faint',
          points: at((one) => one.service_p95_ms),
        },
      ],
    },
    caption: sentences(
      windows === '' ? '' : `p95: ${windows}.`,
      mark.why,
      'Counted from when each should have started.',
      scale,
      ...load.cautions,
    ),
    table: {
      columns: [
        { title: 'from (s)', align: 'right' },
        { title: 'p50', align: 'right' },
        { title: 'p95', align: 'right' },
        { title: 'worst', align: 'right' },
        { title: 'service p95', align: 'right' },
      ],
      rows: load.buckets.map((one) => [
        start(one),
        ...[one.p50_ms, one.p95_ms, one.max_ms, one.service_p95_ms].map((value) => cell(value, millis)),
      ]),
    },
  };
}

const kindRoles: readonly Role[] = ['tone1', 'tone2', 'tone3', 'tone4', 'tone6'];

/** The most frequent kinds first; what is beyond five is one. */
function kindsOf(load: Load): { name: string; has: (kind: string) => boolean }[] {
  const totals = new Map<string, number>();
  for (const bucket of load.buckets)
    for (const [kind, count] of bucket.byKind) totals.set(kind, (totals.get(kind) ?? 0) + count);
  const sorted = [...totals].sort((a, b) => b[1] - a[1]).map(([kind]) => kind);
  const named = sorted.length > 5 ? sorted.slice(0, 4) : sorted;
  const own = named.map((name) => ({ name, has: (kind: string) => kind === name }));
  return named.length === sorted.length
    ? own
    : [...own, { name: 'all others', has: (kind) => !named.includes(kind) }];
}

const share = (bucket: Bucket, has: (kind: string) => boolean): number | null => {
  if (bucket.count === 0) return null;
  let count = 0;
  for (const [kind, times] of bucket.byKind) if (has(kind)) count += times;
  return (100 * count) / bucket.count;
};

function errorsChart(load: Load): Chart {
  const kinds = kindsOf(load);
  const series = kinds.map(
    (kind, index): Series => ({
      name: kind.name,
      role: kindRoles[index] ?? 'tone6',
      style: 'bars',
      points: line(load, (one) => share(one, kind.has)),
    }),
  );
  const highest = Math.max(0, ...load.buckets.map((one) => share(one, () => true) ?? 0));
  const max = [5, 10, 25, 50, 100].find((top) => highest <= top * 0.98) ?? 100;
  const failed = load.buckets.reduce((sum, one) => sum + one.failed, 0);
  const mark = markOf(
    judge(load, (one) => (one.count === 0 ? null : one.failed > 0)),
    { words: 'There were failures', calm: 'No operation failed after the first injection.' },
  );
  const windows = inWindows(load, 'error_rate');
  const total = !load.buckets.some((one) => one.observed)
    ? 'Nothing was observed.'
    : failed === 0
      ? 'Nothing failed.'
      : `${figure(failed)} failed in all.`;
  const none: Series = { name: 'no errors', role: 'good', style: 'line', points: line(load, () => 0) };
  return {
    ...load.base,
    name: `${load.name}-errors`,
    title: `${load.title}: errors`,
    says: `Bar chart of the share of ${load.title} that failed, by kind. ${total} ${mark.why}`,
    ...(load.view.injected ? { mark } : {}),
    plot: {
      is: 'series',
      axis: { scale: 'linear', min: 0, max, unit: '%', title: 'of what should have started', step: max / 5 },
      series: failed === 0 ? [none] : series,
      bar_s: load.size_s,
    },
    caption: sentences(
      windows === '' ? '' : `Error rate: ${windows}.`,
      total,
      failed === 0 ? '' : mark.why,
      ...load.cautions,
    ),
    table: {
      columns: [
        { title: 'from (s)', align: 'right' },
        { title: 'operations', align: 'right' },
        { title: 'failed', align: 'right' },
        ...kinds.map((kind) => ({ title: kind.name, align: 'right' as const })),
      ],
      rows: load.buckets.map((one) => [
        start(one),
        figure(one.count),
        figure(one.failed),
        ...kinds.map((kind) => cell(share(one, kind.has), (value) => `${figure(value)} %`)),
      ]),
    },
  };
}

/** The three charts of a series of operations, in the order in which they are read. */
export function loadCharts(view: View, source: Source): Chart[] {
  const load = loadOf(view, source);
  return [ratesChart(load), latencyChart(load), errorsChart(load)];
}
