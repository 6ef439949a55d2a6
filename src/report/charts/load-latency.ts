import { nearestRank } from '../../judge/measures/percentile.ts';
import { isJudged } from '../view.ts';
import { millis } from '../words/figures.ts';
import type { Bucket } from './buckets.ts';
import type { Axis, Chart, Marked } from './chart.ts';
import { sentences, trendWindows } from './frame.ts';
import { markOf } from './health.ts';
import { judge } from './judging.ts';
import { cell, inWindows, type Load, line, samplesOf, start } from './load.ts';
import { linearAxis } from './scale.ts';
import { trendOf } from './trend.ts';

/** The median of the p95 before the fault, which single outliers do not move; without any fault, of the whole run. */
function usualP95(load: Load): number | undefined {
  const values = load.buckets.flatMap((one) =>
    (one.to <= 0 || !load.view.injected) && one.observed && one.p95_ms !== null ? [one.p95_ms] : [],
  );
  return (
    nearestRank(
      values.sort((x, y) => x - y),
      50,
    ) ?? undefined
  );
}

/** Less of a rise of p95 is no trend. */
const TREND_FLOOR_MS = 5;

function markOfLatency(load: Load): Marked {
  const usual = usualP95(load);
  const limit = usual === undefined ? undefined : Math.max(usual * 2, usual + 20);
  const judged = judge(load, ({ latencies }) => ({
    bad: limit === undefined ? 0 : latencies.filter((latency) => latency > limit).length,
    of: limit === undefined ? 0 : latencies.length,
  }));
  return markOf(judged, {
    words: `p95 was over ${millis(limit ?? 0)}`,
    calm: `p95 never rose above ${millis(limit ?? 0)}.`,
    warns: trendOf(
      samplesOf(load, (one) => one.p95_ms),
      { windows: trendWindows(load.view), floor: TREND_FLOOR_MS, subject: 'p95', write: millis },
    ),
  });
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

/** Median, p95 and worst latency, from when each operation should have started. */
export function latencyChart(load: Load): Chart {
  const axis = latencyAxis(load);
  const floor = axis.scale === 'log' ? 1 : 0;
  const at = (pick: (bucket: Bucket) => number | null) =>
    line(load, (one) => {
      const value = pick(one);
      return value === null ? null : Math.max(floor, value);
    });
  const mark = markOfLatency(load);
  const scale = axis.scale === 'log' ? 'The axis is logarithmic: each line is ten times the one below.' : '';
  const windows = inWindows(load, 'p95_ms');
  return {
    ...load.base,
    name: `${load.name}-latency`,
    title: `${load.title}: latency`,
    says: `Line chart of the latency of ${load.title}: median, p95 and worst. p95: ${windows || 'not measured'}. ${mark.why}`,
    ...(isJudged(load.view) ? { mark } : {}),
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
