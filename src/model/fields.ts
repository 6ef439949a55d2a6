import { z } from 'zod';
import {
  expectedQuantity,
  parseQuantity,
  type QuantityName,
  quantityFormats,
  quantityPattern,
} from './units.ts';

/** The smallest and largest value allowed, both included, in the base unit (s, 1/s, bytes, %). */
export interface FieldRange {
  min?: number;
  max?: number;
}

/** Longer waits would overflow a timer; no experiment needs them. */
const DAY_S = 86_400;

/** `500ms`, `30s`, `5m`, `1h`; seconds when parsed. At most a day unless told. */
export const durationField = (range: FieldRange = {}): z.ZodType<number> =>
  field('duration', { max: DAY_S, ...range });

/** `50/s`, `30/m`; per second when parsed. */
export const rateField = (range: FieldRange = {}): z.ZodType<number> => field('rate', range);

/** `30d`, `4w`, `12h`; seconds when parsed. */
export const periodField = (range: FieldRange = {}): z.ZodType<number> => field('period', range);

/** `64Mi`, `10MB`; bytes when parsed. */
export const sizeField = (range: FieldRange = {}): z.ZodType<number> => field('size', range);

/** `1Mbit`, `500kbit`; bits per second when parsed. */
export const bitrateField = (range: FieldRange = {}): z.ZodType<number> => field('bitrate', range);

/** `50%`; 50 when parsed. At most 100 unless told. */
export const percentField = (range: FieldRange = {}): z.ZodType<number> =>
  field('percent', { max: 100, ...range });

/** What our issues carry beside their message; loaders show it. */
export interface FieldAdvice {
  expected: string;
  fix: string;
}

function field(name: QuantityName, range: FieldRange): z.ZodType<number> {
  const expected = expectedQuantity(name);
  return z
    .unknown()
    .transform((given, context): number => {
      const parsed = parseQuantity(given, name);
      const wrong = parsed.ok ? outside(parsed.value, { name, range }) : parsed.problem;
      if (parsed.ok && wrong === undefined) return parsed.value;
      const { message, ...advice } = wrong ?? {
        message: `a ${name} is needed`,
        expected,
        fix: `Write ${expected}.`,
      };
      const params: FieldAdvice = advice;
      context.issues.push({ code: 'custom', message, input: given, params: { ...params } });
      return z.NEVER;
    })
    .meta({ type: 'string', pattern: quantityPattern(name), description: capitalized(expected) });
}

function outside(
  value: number,
  { name, range }: { name: QuantityName; range: FieldRange },
): (FieldAdvice & { message: string }) | undefined {
  const { min = 0, max = Number.POSITIVE_INFINITY } = range;
  if (value >= min && value <= max) return undefined;
  const format = quantityFormats[name];
  const bound = value < min ? min : max;
  return {
    message: `${format(value)} is too ${value < min ? 'small' : 'large'}`,
    expected:
      max === Number.POSITIVE_INFINITY ? `at least ${format(min)}` : `${format(min)} to ${format(max)}`,
    fix: `Write ${format(bound)} or ${value < min ? 'more' : 'less'}.`,
  };
}

const capitalized = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
