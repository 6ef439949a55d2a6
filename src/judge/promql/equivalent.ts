import type { MeasureRef } from '../../model/measure.ts';
import type { SeriesDescriptor, SignalDescriptor } from '../../model/series.ts';

/** What a measure is in PromQL; or, in one sentence without its full stop, why there is nothing like it. */
export type Equivalent =
  /** `differs`: what the query sees otherwise than the measure does. */
  { is: 'promql'; text: string; differs?: string } | { is: 'none'; why: string };

/** Which pods a signal watches, as labels name them. */
export interface PodLabels {
  /** A pattern of their names. */
  pattern: string;
  deployment?: string;
  namespace?: string;
}

/** What a query needs that a measure does not say. */
export interface QueryContext {
  /** The window as a range: `30s`. A query is meant for the moment at which the window ends. */
  range: string;
  /** The same in seconds. */
  range_s: number;
  /** The label `job` of the app's own metrics. */
  job?: string | undefined;
  pods?: ((signal: string) => PodLabels) | undefined;
}

/** A measure of a series, and where it is asked for. */
export interface Asked {
  ref: MeasureRef;
  signal: SignalDescriptor;
  series: SeriesDescriptor;
  query: QueryContext;
}

export const promql = (text: string, differs?: string): Equivalent => ({
  is: 'promql',
  text,
  ...(differs === undefined ? {} : { differs }),
});

export const none = (why: string): Equivalent => ({ is: 'none', why });

/** How often a range is looked at where an expression is no plain selector. */
const STEP = '1s';

const selector = /^[a-zA-Z_:][\w:]*(?:\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\})?$/;

/** Whether it names series alone, so that a range can be asked of it directly. */
export const isSelector = (expr: string): boolean => selector.test(expr);

/** An expression over a range: a selector's own samples, else a subquery that looks once a second. */
export function over(expr: string, { range }: Pick<QueryContext, 'range'>): string {
  if (isSelector(expr)) return `${expr}[${range}]`;
  return `${isOne(expr) ? expr : `(${expr})`}[${range}:${STEP}]`;
}

/** Whether an expression is a single call, so that it binds more strongly than any operator. */
export function isOne(expr: string): boolean {
  if (isSelector(expr)) return true;
  let depth = 0;
  let quoted = false;
  for (const [index, char] of [...expr].entries()) {
    if (char === '"' && expr[index - 1] !== '\\') quoted = !quoted;
    if (quoted) continue;
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (char === ')' && depth === 0)
      return index === expr.length - 1 && /^\w+(?: by \([\w, ]*\) )?\(/.test(expr);
  }
  return false;
}

/** Seconds from the start of the range to the first moment at which a condition is true. */
export const firstTime = (condition: string, query: QueryContext): string =>
  `min_over_time(timestamp(${condition})[${query.range}:${STEP}]) - (time() - ${query.range_s})`;

/** Seconds of the range in which a condition is true. */
export const secondsOf = (condition: string, query: QueryContext): string =>
  `count_over_time((${condition})[${query.range}:${STEP}])`;

/** The range of a rate that is looked at from moment to moment: four times the usual interval of 15 s. */
export const USUAL_RANGE = '1m';
