import type { Measured, Truth } from '../../model/measure.ts';
import { NO_UPPER_BOUND } from '../words.ts';

/** All numbers between two bounds; an open bound is not one of them. */
export interface Interval {
  min: number;
  max: number;
  minOpen?: boolean;
  maxOpen?: boolean;
}

export type Arithmetic = '+' | '-' | '*' | '/';
export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

export const point = (value: number): Interval => ({ min: value, max: value });

/** The numbers that a measure may be; undefined where it is not a number at all. */
export function intervalOf(measured: Measured): Interval | undefined {
  switch (measured.is) {
    case 'value':
      return typeof measured.value === 'number' && Number.isFinite(measured.value)
        ? point(measured.value)
        : undefined;
    case 'censored':
      return { min: measured.over, max: Number.POSITIVE_INFINITY, minOpen: true };
    case 'bounded':
      return {
        min: measured.min <= -NO_UPPER_BOUND ? Number.NEGATIVE_INFINITY : measured.min,
        max: measured.max >= NO_UPPER_BOUND ? Number.POSITIVE_INFINITY : measured.max,
      };
    case 'unknown':
      return undefined;
  }
}

export const negate = (of: Interval): Interval => ({
  min: -of.max,
  max: -of.min,
  ...(of.maxOpen === true ? { minOpen: true } : {}),
  ...(of.minOpen === true ? { maxOpen: true } : {}),
});

/**
 * The interval that holds every result of the operation. Bounds come out closed, which is wider and so safe, because
 * rounding can bring a result onto a bound. Undefined where it may not be a number: a division by what may be 0, or
 * an overflow.
 */
export function arithmetic(op: Arithmetic, left: Interval, right: Interval): Interval | undefined {
  switch (op) {
    case '+':
      return hull([
        [left.min, right.min, left.min + right.min],
        [left.max, right.max, left.max + right.max],
      ]);
    case '-':
      return hull([
        [left.min, right.max, left.min - right.max],
        [left.max, right.min, left.max - right.min],
      ]);
    case '*':
      return hull(corners(left, right).map(([a, b]) => [a, b, a === 0 || b === 0 ? 0 : a * b]));
    case '/':
      if (right.min <= 0 && right.max >= 0) return undefined;
      return hull(corners(left, right).flatMap(([a, b]) => quotients(a, b).map((of): Corner => [a, b, of])));
  }
}

/** Two bounds and what the operation makes of them. */
type Corner = [a: number, b: number, result: number];

const corners = (left: Interval, right: Interval): [number, number][] => [
  [left.min, right.min],
  [left.min, right.max],
  [left.max, right.min],
  [left.max, right.max],
];

/** Of two infinite bounds the quotient can be anything from 0 up to infinity. */
function quotients(a: number, b: number): number[] {
  if (Number.isFinite(a) || Number.isFinite(b)) return [a / b];
  return [0, a > 0 === b > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY];
}

function hull(found: readonly Corner[]): Interval | undefined {
  if (found.some(isNoNumber)) return undefined;
  const results = found.map(([, , result]) => result);
  return { min: Math.min(...results), max: Math.max(...results) };
}

/** Not a number, or an overflow: infinity made of finite bounds. */
const isNoNumber = ([a, b, result]: Corner): boolean =>
  Number.isNaN(result) || (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b));

/** True or false only if it is for every pair of numbers from the two intervals. */
export function compare(op: Comparison, left: Interval, right: Interval): Truth {
  switch (op) {
    case '<':
      return less(left, right);
    case '>':
      return less(right, left);
    case '<=':
      return opposite(less(right, left));
    case '>=':
      return opposite(less(left, right));
    case '==':
      return equal(left, right);
    case '!=':
      return opposite(equal(left, right));
  }
}

export function opposite(truth: Truth): Truth {
  if (truth === 'unknown') return 'unknown';
  return truth === 'true' ? 'false' : 'true';
}

function less(left: Interval, right: Interval): Truth {
  if (allBelow(left, right)) return 'true';
  return left.min >= right.max ? 'false' : 'unknown';
}

/** Every number of the one is smaller than every number of the other. */
const allBelow = (left: Interval, right: Interval): boolean =>
  left.max < right.min || (left.max === right.min && (left.maxOpen === true || right.minOpen === true));

function equal(left: Interval, right: Interval): Truth {
  if (allBelow(left, right) || allBelow(right, left)) return 'false';
  return left.min === left.max && right.min === right.max && left.min === right.min ? 'true' : 'unknown';
}
