import { bucketBounds } from './promql.ts';

/** A threshold is never nearer to the baseline's worst than this factor. */
const FROM_BASELINE = 2;
/** The fault must go beyond the threshold by this factor. */
const FROM_FAULT = 1.25;

/** The rule, for docs/measures.md. */
export const thresholdRule = `A threshold is at least ${FROM_BASELINE} times the worst value that the baseline had, with any of the intervals, and the fault goes beyond it ${FROM_FAULT} times;
in between it is the largest round number that is not over their geometric mean. Round numbers are 1, 2 and 5 times a power of ten, for latencies the
default bounds of a histogram's buckets. No error ratio under 1 % and no latency under 50 ms is proposed. Without such a number there is no rule. Of pods the threshold is the number
that were ready all through the baseline.`;

/** Round numbers in a range, ascending: 1, 2 and 5 times a power of ten. */
function roundNumbers(from: number, to: number): number[] {
  const numbers: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power += 1)
    for (const digit of [1, 2, 5]) numbers.push(Number(`${digit}e${power}`));
  return numbers.filter((one) => one >= from && one <= to);
}

function middle(numbers: readonly number[], wanted: number): number | undefined {
  return numbers.findLast((one) => one <= wanted) ?? numbers[0];
}

/** A round threshold over the baseline's worst and under what the fault reached; never under `least`. */
export function roundAbove(worst: number, level: number, least: number): number | undefined {
  const from = Math.max(FROM_BASELINE * worst, least);
  const to = level / FROM_FAULT;
  if (!(from > 0) || to < from) return undefined;
  return middle(roundNumbers(from, to), Math.sqrt(from * level));
}

/** A round threshold under the baseline's lowest and over what the fault left. */
export function roundBelow(lowest: number, level: number): number | undefined {
  const to = lowest / FROM_BASELINE;
  const from = Math.max(level * FROM_FAULT, lowest / 1_000);
  if (!(to > 0) || to < from) return undefined;
  return middle(roundNumbers(from, to), Math.sqrt(from * lowest));
}

/** No latency under this is worth an alert, in seconds: users do not feel it. */
const LEAST_LATENCY = 0.05;

/** A bucket's bound, in seconds, over the baseline's worst and under what the fault reached. */
export function latencyAbove(worst: number, level: number): number | undefined {
  const from = Math.max(FROM_BASELINE * worst, LEAST_LATENCY);
  const to = level / FROM_FAULT;
  return middle(
    bucketBounds.filter((bound) => bound >= from && bound <= to),
    Math.sqrt(from * level),
  );
}
