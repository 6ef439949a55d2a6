import type { MeasureRef } from '../../model/measure.ts';
import type { Arithmetic, Comparison } from './interval.ts';
import type { Found } from './path.ts';

/** A number in an expression, for reckoning with intervals. */
export type NumberNode =
  | { is: 'number'; value: number }
  | { is: 'measure'; ref: MeasureRef }
  | { is: 'negated'; of: NumberNode }
  | { is: 'arithmetic'; op: Arithmetic; left: NumberNode; right: NumberNode };

/** A part of an expression that CEL decides as a whole when all of its measures have exact values. */
export interface Atom {
  is: 'atom';
  cel: string;
  measures: readonly Found[];
  /** Its comparison, if it is one of numbers: decides where a measure is not exact. */
  comparison?: { op: Comparison; left: NumberNode; right: NumberNode };
}

/** What is true, false or unknown; Kleene's logic joins the atoms. */
export type BoolNode =
  | { is: 'and' | 'or'; left: BoolNode; right: BoolNode }
  | { is: 'not'; of: BoolNode }
  | { is: 'same'; left: BoolNode; right: BoolNode }
  | { is: 'constant'; value: boolean }
  | Atom;

/** A typed part of an expression, as far as it is read. */
export type Part =
  | { type: 'number'; cel: string; measures: readonly Found[]; number: NumberNode }
  | { type: 'text'; cel: string; measures: readonly Found[] }
  | { type: 'bool'; bool: BoolNode };
