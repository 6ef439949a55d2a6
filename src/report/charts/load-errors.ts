import { isJudged } from '../view.ts';
import { duration, figure, percent } from '../words/figures.ts';
import type { Bucket } from './buckets.ts';
import type { Chart, Marked, Role, Series } from './chart.ts';
import { sentences } from './frame.ts';
import { ENOUGH_OPERATIONS, MOST_BAD, MOST_FAILURES, markOf, SUSTAINED_S } from './health.ts';
import { type Crowd, judge, summed } from './judging.ts';
import { cell, inWindows, type Load, line, start } from './load.ts';

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

const failures = (one: Bucket): Crowd => ({ bad: one.failed, of: one.count });

function markOfErrors(load: Load): Marked {
  const after = load.buckets.filter((one) => one.observed && one.from >= 0);
  return markOf(judge(load, failures), {
    words: `More than ${percent(MOST_BAD)} failed`,
    calm: load.view.injected ? 'No operation failed after the first injection.' : 'No operation failed.',
    severe: severeFailures(after),
    warns: someFailures(after, load.view.injected),
  });
}

/** That operations failed, as a sentence. */
function someFailures(after: readonly Bucket[], injected: boolean): string | undefined {
  const { bad, of } = summed(after, failures);
  const since = injected ? ' after the first injection' : '';
  return bad === 0 ? undefined : `${figure(bad)} of ${figure(of)} failed${since} (${percent(bad / of)}).`;
}

/** The worst `SUSTAINED_S` seconds, as a sentence, where more than `MOST_FAILURES` of their operations failed. */
function severeFailures(after: readonly Bucket[]): string | undefined {
  const [worst] = longEnough(after)
    .map((within) => {
      const { bad, of } = summed(within, failures);
      const span_s = (within.at(-1)?.to ?? 0) - (within[0]?.from ?? 0);
      return { bad, share: of === 0 ? 0 : bad / of, span_s };
    })
    .filter(({ bad, share }) => bad > 1 && share > MOST_FAILURES)
    .sort((a, b) => b.share - a.share);
  return worst === undefined
    ? undefined
    : `Above the threshold of ${percent(MOST_FAILURES)}: ${percent(worst.share)} failed within ${duration(worst.span_s)}.`;
}

/** From each stretch on, those that last `SUSTAINED_S` and hold enough operations; all of them where they do not. */
function longEnough(after: readonly Bucket[]): (readonly Bucket[])[] {
  const windows = after.flatMap(({ from }, start) => {
    let operations = 0;
    const end = after.findIndex(({ to, count }, index) => {
      if (index < start) return false;
      operations += count;
      return to - from >= SUSTAINED_S && operations >= ENOUGH_OPERATIONS;
    });
    return end === -1 ? [] : [after.slice(start, end + 1)];
  });
  return windows.length === 0 ? [after] : windows;
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
