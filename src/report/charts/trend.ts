import { median } from '../../judge/findings/buckets.ts';
import { duration } from '../words/figures.ts';
import type { Stretch } from './chart.ts';

/** One stretch of a line; `null`: not observed. */
export interface Sample extends Stretch {
  value: number | null;
}

/** A shorter window shows no trend, only noise. */
export const TREND_S = 10;
/** Of so many stretches at least. */
const FEWEST = 8;
const PARTS = 4;
/** Less of a rise, as a share of where it began, is no trend. */
const RISE = 0.2;
/** Each part adds at least this share of the whole rise: a single step is not a trend. */
const EACH = 0.1;

/** A window in which a line may rise steadily, in words that follow `rose steadily`. */
export interface TrendWindow extends Stretch {
  words: string;
}

export interface TrendRule {
  windows: readonly TrendWindow[];
  /** The smallest rise that counts, in the line's own unit. */
  floor: number;
  /** `p95` */
  subject: string;
  write: (value: number) => string;
}

/** The rule, in Markdown: the text of docs/reading.md and of the report's own help. */
export const trendRule = `a line rises steadily through the recovery, or over the run: of four equal parts of that time (at least ${TREND_S} s, at most a quarter of it unobserved) each has a higher median than the one before, and the last is over the first by at least a fifth (p95: and by 5 ms)`;

/**
 * Says that a line rises steadily, `p95 rose steadily through the recovery: from 6 ms to 14 ms in 30 s.`, or nothing.
 * By medians of parts, which single spikes do not move.
 */
export function trendOf(samples: readonly Sample[], rule: TrendRule): string | undefined {
  for (const window of rule.windows) {
    const rise = riseIn(samples, window, rule.floor);
    if (rise !== undefined)
      return `${rule.subject} rose steadily ${window.words}: from ${rule.write(rise.from)} to ${rule.write(rise.to)} in ${duration(Math.round(window.to - window.from))}.`;
  }
  return undefined;
}

function riseIn(
  samples: readonly Sample[],
  { from, to }: Stretch,
  floor: number,
): { from: number; to: number } | undefined {
  const inside = samples.filter((one) => one.from >= from && one.to <= to);
  const seen = inside.flatMap(({ from: at, value }) => (value === null ? [] : [{ at, value }]));
  if (to - from < TREND_S || seen.length < FEWEST || seen.length < inside.length * 0.75) return undefined;
  const part = (to - from) / PARTS;
  const medians = Array.from({ length: PARTS }, (_, index) =>
    median(
      seen
        .filter(({ at }) => Math.min(PARTS - 1, Math.floor((at - from) / part)) === index)
        .map(({ value }) => value),
    ),
  );
  const [first, last] = [medians[0] ?? Number.NaN, medians.at(-1) ?? Number.NaN];
  const rise = last - first;
  const isSteady = medians.every(
    (one, index) => index === 0 || one - (medians[index - 1] ?? one) >= EACH * rise,
  );
  return isSteady && rise >= floor && rise >= RISE * Math.abs(first) ? { from: first, to: last } : undefined;
}
