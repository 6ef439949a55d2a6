import type { Measured, MeasureRef, Truth } from '../../model/measure.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { compile, type ExpressionError } from '../expression/compile.ts';
import type { Environment } from '../expression/environment.ts';
import {
  arithmetic,
  type Comparison,
  compare,
  type Interval,
  intervalOf,
  point,
} from '../expression/interval.ts';
import { measuredOf } from './change.ts';

/** What a measure is held against: so many times the other run's value, so much more than it, or a number. */
export interface Limit {
  is: 'ratio' | 'difference' | 'number';
  value: number;
}

/** `recovered_after_s > 1.5x`: what must not be true of a run beside the one that it is compared with. */
export interface Gate {
  measure: string;
  op: Comparison;
  limit: Limit;
}

/** Why a text is no gate. */
export interface GateTrouble {
  message: string;
  fix: string;
  found?: string;
  expected?: string;
}

const EXPECTED =
  'MEASURE OP NUMBERx (times the other run), MEASURE OP +NUMBER (more than it), or MEASURE OP NUMBER';
const EXAMPLE =
  "Write it such as 'recovered_after_s > 1.5x', 'votes.p95_ms > +50' or 'votes.availability < 0.99'.";
/** Far more than a person writes. */
const MOST_LETTERS = 500;

const whole = /^(.*?)(<=|>=|==|!=|<|>)\s*([+-]?)\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(x?)$/s;
const rest = /^(.*?)(<=|>=|==|!=|<|>|=)(.*)$/s;

/** Reads a gate. The measure's name is checked by `gateMeasure`, against what runs recorded. */
export function parseGate(text: string): Result<Gate, GateTrouble> {
  const trimmed = text.trim();
  if (trimmed.length > MOST_LETTERS)
    return fail({ message: `it is longer than ${MOST_LETTERS} letters`, fix: EXAMPLE });
  const [, name = '', op, sign, digits, times] = whole.exec(trimmed) ?? [];
  const measure = name.trim();
  if (op === undefined) return fail(noGate(trimmed));
  if (measure === '') return fail({ message: 'it names no measure', expected: EXPECTED, fix: EXAMPLE });
  if (sign !== '' && times === 'x') {
    const bare = `${measure} ${op} ${digits}x`;
    return fail({
      message: 'a ratio has no sign',
      found: `${sign}${digits}x`,
      fix: `Write '${bare}', or '${measure} ${op} ${sign}${digits}'.`,
    });
  }
  const value = Number(digits) * (sign === '-' ? -1 : 1) + 0;
  if (!Number.isFinite(value))
    return fail({ message: 'the number is too large', found: digits ?? '', fix: EXAMPLE });
  const is = times === 'x' ? 'ratio' : sign === '' ? 'number' : 'difference';
  return ok({ measure, op: op as Comparison, limit: { is, value } });
}

/** Without what binary fractions add. */
const shortest = (value: number): number => Number(value.toPrecision(12));

/** What is wrong with a text that is no gate at all. */
function noGate(text: string): GateTrouble {
  if (text === '') return { message: 'it is empty', expected: EXPECTED, fix: EXAMPLE };
  const [, , op, right = ''] = rest.exec(text) ?? [];
  if (op === undefined)
    return { message: 'it compares nothing', found: text, expected: EXPECTED, fix: EXAMPLE };
  if (op === '=') return { message: '`=` compares nothing', found: '=', expected: '==', fix: EXAMPLE };
  const number = right.trim();
  const percent = /^([+-]?)(\d+(?:\.\d+)?)\s*%$/.exec(number);
  if (percent !== null) {
    const share = Number(percent[2]) / 100;
    const [of, more, less] = [share, 1 + share, 1 - share].map((times) => `\`${shortest(times)}x\``);
    const either = `Write ${of} for ${percent[2]} % of what it is compared with, ${more} for ${percent[2]} % more.`;
    return {
      message: 'percentages are written as a ratio here',
      found: number,
      fix: percent[1] === '' ? either : `Write ${percent[1] === '+' ? more : less}.`,
    };
  }
  const unit = /^([+-]?\d+(?:\.\d+)?)\s*[A-Za-z/]+$/.exec(number);
  if (unit !== null) {
    const fix = `Write \`${unit[1]}\`, in the unit of the measure, or \`${(unit[1] ?? '').replace(/^[+-]/, '')}x\` for a ratio.`;
    return {
      message: 'a number has no unit here: the measure has it in its name (`…_s`, `…_ms`)',
      found: number,
      fix,
    };
  }
  return {
    message: number === '' ? 'no number follows the comparison' : 'what follows the comparison is no number',
    found: number,
    expected: EXPECTED,
    fix: EXAMPLE,
  };
}

/** A gate as it is written. The inverse of `parseGate`. */
export function gateText({ measure, op, limit }: Gate): string {
  const number = limit.is === 'difference' && limit.value >= 0 ? `+${limit.value}` : String(limit.value);
  return `${measure} ${op} ${number}${limit.is === 'ratio' ? 'x' : ''}`;
}

/** The measure that a gate names, among those of a run's signals; a wrong name comes with the nearest right one. */
export function gateMeasure(
  { measure }: Gate,
  environment: Environment,
): Result<MeasureRef, ExpressionError> {
  const compiled = compile(`${measure} > 0`, environment);
  if (!compiled.ok) return compiled;
  const [only] = compiled.value.refs;
  const same = (text: string): string => text.replaceAll(/\s/g, '').replaceAll("'", '"');
  if (only !== undefined && same(only.text) === same(measure)) return ok(only);
  return fail({ message: 'a gate compares one measure with one number', offset: 0, found: measure });
}

export interface GateValues {
  base: Measured;
  measured: Measured;
}

/** Whether the gate is true of a run; unknown where bounds lie on both sides, or what it needs is not known. */
export function gateTruth(
  { op, limit }: Gate,
  { base, measured }: GateValues,
): { truth: Truth; why?: string } {
  const value = intervalOf(measured);
  if (value === undefined) return { truth: 'unknown', why: whyOf(measured) };
  const held = limitOf(limit, base);
  if (held === undefined)
    return { truth: 'unknown', why: `of the run that it is compared with: ${whyOf(base)}` };
  const truth = compare(op, value, held);
  return truth === 'unknown' ? { truth, why: 'its bounds lie on both sides of the limit' } : { truth };
}

/** What a gate holds a measure against, as a measure. */
export function limitMeasured({ limit }: Gate, base: Measured): Measured {
  return base.is === 'unknown' && limit.is !== 'number' ? base : measuredOf(limitOf(limit, base));
}

function limitOf(limit: Limit, base: Measured): Interval | undefined {
  if (limit.is === 'number') return point(limit.value);
  const of = intervalOf(base);
  return of && arithmetic(limit.is === 'ratio' ? '*' : '+', of, point(limit.value));
}

const whyOf = (measured: Measured): string => (measured.is === 'unknown' ? measured.why : 'it is no number');
