import type { Measured } from '../model/measure.ts';

/** The upper bound of a bounded measure that has none: at least `min`. JSON has no infinity. */
export const NO_UPPER_BOUND = Number.MAX_VALUE;

/** At least so much: what was seen, of a stretch in which not all was observed. */
export const atLeast = (min: number): Measured => ({ is: 'bounded', min, max: NO_UPPER_BOUND });

/** A measure in words: `1.2 s`, `more than 40 s`, `3 to 5 s`, `about 504 ms`, `at most 2`, `at least 2`, `unknown (why)`. */
export function measuredText(measured: Measured, unit = ''): string {
  switch (measured.is) {
    case 'value':
      return typeof measured.value === 'number'
        ? `${numberText(measured.value)}${unitText(unit)}`
        : String(measured.value);
    case 'censored':
      return `more than ${numberText(measured.over)}${unitText(unit)}`;
    case 'bounded':
      return `${boundsText(measured, numberText)}${unitText(unit)}`;
    case 'unknown':
      return `unknown (${measured.why})`;
  }
}

/** Bounds this close, as a share of the larger, are one number to a reader. */
const NARROW = 0.02;

/** Bounds in words, numbers as `say` writes them: `at most 2`, `at least 2`, `about 504`, `3 to 5`. */
export function boundsText(
  { min, max }: { min: number; max: number },
  say: (value: number) => string,
): string {
  const [hasMin, hasMax] = [min > -NO_UPPER_BOUND, max < NO_UPPER_BOUND];
  if (!hasMin && !hasMax) return 'unknown';
  if (!hasMin) return `at most ${say(max)}`;
  if (!hasMax) return `at least ${say(min)}`;
  return max - min <= NARROW * Math.abs(max) ? `about ${say(max)}` : `${say(min)} to ${say(max)}`;
}

const unitText = (unit: string): string => (unit === '' || unit === '1' ? '' : ` ${unit}`);

/** As many digits as a person reads: three significant ones, whole numbers whole. */
export function numberText(value: number): string {
  if (Number.isInteger(value)) return String(value);
  if (Math.abs(value) >= 100) return String(Math.round(value));
  // A share just below 1 must not be rounded up to it.
  if (value > 0.99 && value < 1) return String(Math.floor(value * 1e5) / 1e5);
  const text = value.toPrecision(3);
  if (text.includes('e')) return String(value);
  // 99.96 has become 100, of which no zero may go.
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** A time for people, to the hundredth of a second: `0.02 s`. */
export const secondsText = (seconds: number): string => `${numberText(Math.round(seconds * 100) / 100)} s`;
