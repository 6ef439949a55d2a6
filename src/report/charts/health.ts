import { duration, percent } from '../words/figures.ts';
import { joined } from './buckets.ts';
import type { Marked, Stretch } from './chart.ts';
import { trendRule } from './trend.ts';

/** Longer than this is sustained. */
export const SUSTAINED_S = 5;
/** Two excursions that lie closer are one. */
export const JOIN_S = 1;
/** More than this share of failures within `SUSTAINED_S` is critical, however short it was. */
export const MOST_FAILURES = 0.1;
/** A stretch of a load is out when more than this share of its operations was bad. */
export const MOST_BAD = 0.05;
/** Fewer operations are judged together with those around them: two bad ones of them may be chance. */
export const ENOUGH_OPERATIONS = 40;
/** Out for so long until the end is still out in the end: a shorter last stretch may be one spike. */
const ENDING_S = 2;

/** One stretch of a chart, judged: is it out of what is normal for it? `null`: not observed. */
export interface Judged extends Stretch {
  out: boolean | null;
}

interface Rule {
  /** What it means to be out: `p95 was over 12 ms (twice its baseline)`. */
  words: string;
  /** What it means never to be out: `p95 never left 12 ms`. */
  calm: string;
  /** Why it is at least a warning though it was never out, as a sentence: that the line rises steadily. */
  warns?: string | undefined;
  /** Why it is critical however short it was, as a sentence. */
  severe?: string | undefined;
}

/**
 * Marks a chart. Critical: severe, out for over 5 s on end, or still out in the last seconds. Warning: out, but shorter,
 * and back; or with another reason to warn. Healthy: none of these since the first injection.
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
  const also = [rule.severe, rule.warns].filter((part) => part !== undefined);
  if (excursions.length === 0)
    return also.length === 0
      ? { health: 'healthy', why: rule.calm }
      : { health: rule.severe === undefined ? 'warning' : 'critical', why: also.join(' ') };
  const longest = Math.max(...excursions.map((one) => one.to - one.from));
  const total = excursions.reduce((sum, one) => sum + one.to - one.from, 0);
  const ending = excursions.at(-1);
  const stillOut = ending !== undefined && ending.to === last.to && ending.to - ending.from >= ENDING_S;
  const times = excursions.length === 1 ? '' : `, in ${excursions.length} stretches`;
  const why = `${rule.words} for ${duration(total)}${times}${stillOut ? ', and still at the end' : ''}.`;
  const isCritical = longest > SUSTAINED_S || stillOut || rule.severe !== undefined;
  return {
    health: isCritical ? 'critical' : 'warning',
    why: [why, ...also].join(' '),
  };
}

/** What is out of what is normal, in Markdown: the text of docs/reading.md and of the report's own help. */
export const markRules: readonly (readonly [string, string])[] = [
  [
    'Rates',
    `out = fewer than ${percent(1 - MOST_BAD)} of the operations sent in that stretch succeeded in it`,
  ],
  [
    'Latency',
    'out = p95 over twice its baseline (the median of the p95 before the fault), and at least 20 ms over it',
  ],
  [
    'Errors',
    `out = more than ${percent(MOST_BAD)} of the operations that started in that stretch failed; any failure is at least a warning`,
  ],
  [
    'Slow loads',
    `a stretch with fewer than ${ENOUGH_OPERATIONS} operations is out only if the ${ENOUGH_OPERATIONS} in and around it are out as well: one failed or slow operation alone is never out`,
  ],
  ['Counts', 'out = the first line had a value that the baseline never had'],
  ['Totals', 'no mark: a total only grows; what tells something is how fast, which is charted beside it'],
  [
    'Other numbers',
    'out = the first line left the range of its baseline by more than that range again (or by 10 %, or by the noise that its signal states)',
  ],
];

/** What the three marks mean, in Markdown. */
export const markMeanings: readonly (readonly [string, string])[] = [
  ['Healthy', 'flat: never out, no failure, and no line that rises steadily'],
  [
    'Warning',
    `a spike: out, but never for more than ${SUSTAINED_S} s on end, and back; or failures that are few: below the thresholds of critical; or a trend upward: ${trendRule}`,
  ],
  [
    'Critical',
    `sustained: out for more than ${SUSTAINED_S} s on end, or still out in the end (for ${ENDING_S} s or more); or an error rate above the threshold: more than ${percent(MOST_FAILURES)} of the operations within ${SUSTAINED_S} s (or as long as ${ENOUGH_OPERATIONS} operations take) failed, however short it was`,
  ],
  ['Not judged', 'more than half was not observed'],
];
