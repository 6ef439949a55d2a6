import { isJudged } from '../view.ts';
import { figure, percent } from '../words/figures.ts';
import type { Chart, Series } from './chart.ts';
import { sentences } from './frame.ts';
import { MOST_BAD, markOf } from './health.ts';
import { judge } from './judging.ts';
import { cell, type Load, line, start } from './load.ts';
import { linearAxis } from './scale.ts';

const sizeWords = (load: Load): string =>
  load.size_s === 0.5 ? 'half a second' : load.size_s === 1 ? 'a second' : `${load.size_s} s`;

/** Sent, answered and succeeded operations a second, drawn apart. */
export function ratesChart(load: Load): Chart {
  const series: Series[] = [
    { name: 'succeeded', role: 'good', style: 'area', points: line(load, (one) => one.succeeded_per_s) },
    { name: 'answered', role: 'answered', style: 'line', points: line(load, (one) => one.answered_per_s) },
    { name: 'sent', role: 'wanted', style: 'dashed', points: line(load, (one) => one.sent_per_s) },
  ];
  const highest = Math.max(1, ...series.flatMap((one) => one.points.map(([, y]) => y ?? 0)));
  const share = percent(1 - MOST_BAD);
  const mark = markOf(
    judge(load, (one) => ({ bad: one.sent - one.succeeded, of: one.sent })),
    {
      words: `Fewer than ${share} of what was sent succeeded in the same stretch`,
      calm: `At least ${share} of what was sent succeeded at any time.`,
    },
  );
  return {
    ...load.base,
    name: `${load.name}-rate`,
    title: `${load.title}: sent, answered, succeeded`,
    says: `Line chart of ${load.title} a second: sent, answered and succeeded. ${mark.why}`,
    ...(isJudged(load.view) ? { mark } : {}),
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
