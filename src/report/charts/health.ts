import { duration } from '../words/figures.ts';
import { joined } from './buckets.ts';
import type { Marked, Stretch } from './chart.ts';
import { trendRule } from './trend.ts';

/** Longer than this is sustained. */
export const SUSTAINED_S = 5;
/** Two excursions that lie closer are one. */
export const JOIN_S = 1;
/** More than this share of failures within `SUSTAINED_S` is critical, however short it was. */
export const MOST_FAILURES = 0.1;

/** One stretch of a chart, judged: is it out of what is normal for it? `null`: not observed. */
export interface Judged extends Stretch {
  out: boolean | null;
}

interface Rule {
  /** What it means to be out: `p95 was over 12 ms (twice its baseline)`. */
  words: string;
  /** What it means never to be out: `p95 never left 12 ms`. */
  calm: string;
  /** That the line rises steadily, as a sentence: at least a warning. */
  trend?: string | undefined;
  /** Why it is critical however short it was, as a sentence. */
  severe?: string | undefined;
}

/**
 * Marks a chart. Healthy: nothing was out since the first injection, and it does not rise. Critical: out for over 5 s on
 * end, still out in the last seconds, or severe. Warning: out, but shorter, and back; or rising steadily.
 */
export function markOf(judged: readonly Judged[], rule: Rule): Marked {
  const after = judged.filter((one) => one.from >= 0);
  const seen = after.filter((one) => one.out !== null);
  const last = seen.at(-1);
  if (after.length === 0) return { health: 'not judged', why: 'There was nothing to judge.' };
  if (last === undefined) return { health: 'not judged', why: 'Nothing was observed.' };
  if (seen.length < after.length / 2)
    return { health: 'not judged', why: 'More than half of the time was not observed.' };
  const excursions = joined(
    seen.filter((one) => one.out === true),
    JOIN_S,
  );
  if (excursions.length === 0)
    return rule.trend === undefined
      ? { health: 'healthy', why: rule.calm }
      : { health: 'warning', why: rule.trend };
  const longest = Math.max(...excursions.map((one) => one.to - one.from));
  const total = excursions.reduce((sum, one) => sum + one.to - one.from, 0);
  const ending = excursions.at(-1);
  const stillOut = ending !== undefined && ending.to === last.to && ending.to - ending.from >= JOIN_S;
  const times = excursions.length === 1 ? '' : `, in ${excursions.length} stretches`;
  const why = `${rule.words} for ${duration(total)}${times}${stillOut ? ', and still at the end' : ''}.`;
  const isCritical = longest > SUSTAINED_S || stillOut || rule.severe !== undefined;
  return {
    health: isCritical ? 'critical' : 'warning',
    why: [why, rule.severe, rule.trend].filter((part) => part !== undefined).join(' '),
  };
}

/** What is out of what is normal, in Markdown: the text of docs/reading.md and of the report's own help. */
export const markRules: readonly (readonly [string, string])[] = [
  ['Rates', 'out = fewer than 95 % of the operations sent in that stretch succeeded in it'],
  [
    'Latency',
    'out = p95 over twice its baseline (the median of the p95 before the fault), and at least 20 ms over it',
  ],
  ['Errors', 'out = any operation that started in that stretch failed'],
  ['Counts', 'out = the first line had a value that the baseline never had'],
  ['Totals', 'no mark: a total only grows; what tells something is how fast, which is charted beside it'],
  [
    'Other numbers',
    'out = the first line left the range of its baseline by more than that range again (or by 10 %)',
  ],
];

/** What the three marks mean, in Markdown. */
export const markMeanings: readonly (readonly [string, string])[] = [
  ['Healthy', 'flat: never out, and no line that rises steadily'],
  [
    'Warning',
    `a spike: out, but never for more than ${SUSTAINED_S} s on end, and back; or a trend upward: ${trendRule}`,
  ],
  [
    'Critical',
    `sustained: out for more than ${SUSTAINED_S} s on end, or still out in the end; or an error rate above the threshold: more than ${MOST_FAILURES * 100} % of the operations within ${SUSTAINED_S} s failed, however short it was`,
  ],
  ['Not judged', 'more than half was not observed'],
];
