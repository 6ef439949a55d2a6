import { isJudged } from '../view.ts';
import { figure, percent } from '../words/figures.ts';
import type { Bucket } from './buckets.ts';
import type { Chart, Marked, Role, Series } from './chart.ts';
import { sentences } from './frame.ts';
import { MOST_FAILURES, markOf, SUSTAINED_S } from './health.ts';
import { cell, inWindows, judge, type Load, line, start } from './load.ts';

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

function markOfErrors(load: Load): Marked {
  return markOf(
    judge(load, (one) => (one.count === 0 ? null : one.failed > 0)),
    {
      words: 'There were failures',
      calm: load.view.injected ? 'No operation failed after the first injection.' : 'No operation failed.',
      severe: severeFailures(load),
    },
  );
}

/** The worst `SUSTAINED_S` seconds, as a sentence, where more than `MOST_FAILURES` of their operations failed. */
function severeFailures(load: Load): string | undefined {
  const after = load.buckets.filter((one) => one.observed && one.from >= 0);
  const worst = Math.max(
    0,
    ...after.map(({ from }) => {
      const within = after.filter(
        (one) => one.from >= from && one.to <= from + Math.max(SUSTAINED_S, load.size_s),
      );
      const sum = (pick: (bucket: Bucket) => number): number =>
        within.reduce((total, one) => total + pick(one), 0);
      const count = sum((one) => one.count);
      return count === 0 ? 0 : sum((one) => one.failed) / count;
    }),
  );
  return worst <= MOST_FAILURES
    ? undefined
    : `Above the threshold of ${percent(MOST_FAILURES)}: ${percent(worst)} failed within ${Math.max(SUSTAINED_S, load.size_s)} s.`;
}

/** The share of operations that failed, by kind. */
export function errorsChart(load: Load): Chart {
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
  const mark = markOfErrors(load);
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
    ...(isJudged(load.view) ? { mark } : {}),
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
