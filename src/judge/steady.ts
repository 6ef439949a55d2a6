import { bounded, censored, type Measured, type Truth, unknown, value } from '../model/measure.ts';
import type { Samples } from '../model/samples.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { type Nanos, type Span, seconds, secondsBetween } from '../model/time.ts';
import type { Timeline } from '../model/timeline.ts';
import type { Expression } from './expression/compile.ts';
import { firstBetween } from './look/spans.ts';
import { type MeasureContext, measure } from './measure.ts';
import { unitOf } from './units.ts';
import { measuredText } from './words.ts';

/** How often `steady`, `abort` and `until` are looked at. */
const TICK: Nanos = seconds(0.25);

export interface SlidingContext {
  signals: readonly SignalDescriptor[];
  samples: Samples;
  /** The window that ends now. */
  span: Span;
  /** Clock jumps, which nothing may span; none are known while a run lives. */
  jumps?: readonly Span[];
}

export interface SlidingTruth {
  truth: Truth;
  /** Which does not hold, or why it is unknown. */
  why?: string;
}

/** A timeline of which nothing is known, for looking while a run lives. */
const noTimeline: Timeline = {
  run: '',
  seed: '',
  version: '',
  anchors: [],
  jumps: [],
  injections: [],
  notes: [],
};

/** The context of measures over one sliding window. */
function slidingMeasures({ signals, samples, span, jumps }: SlidingContext): MeasureContext {
  return {
    signals,
    samples,
    windows: { run: span, baseline: span },
    timeline: jumps === undefined ? noTimeline : { ...noTimeline, jumps },
    defaultWindow: span,
    seen: new Map(),
  };
}

/**
 * Whether all of the expressions hold over the sliding window: false if one is, else unknown if one is. A condition
 * without expressions always holds.
 */
export function slidingTruth(expressions: readonly Expression[], context: SlidingContext): SlidingTruth {
  const measures = slidingMeasures(context);
  let all: SlidingTruth = { truth: 'true' };
  for (const expression of expressions) {
    const { truth, why } = expression.truth((ref) => measure(ref, measures));
    if (truth === 'false')
      return { truth, why: `\`${expression.text}\` does not hold${wasText(expression, measures)}` };
    if (truth === 'unknown' && all.truth === 'true')
      all = { truth, why: `\`${expression.text}\`: ${why ?? 'unknown'}` };
  }
  return all;
}

/** `: it is 2`; with several measures, each by its name. */
function wasText({ refs }: Expression, measures: MeasureContext): string {
  const texts = refs.map((ref) => ({
    name: ref.text,
    is: measuredText(measure(ref, measures), unitOf(ref, measures.signals)),
  }));
  const [first] = texts;
  if (first === undefined) return '';
  return texts.length === 1
    ? `: it is ${first.is}`
    : `: ${texts.map(({ name, is }) => `${name} is ${is}`).join(', ')}`;
}

/** One look of the sliding evaluator at a recording. */
export interface Tick {
  t: Nanos;
  /** Of each expression, in their order. */
  each: readonly Truth[];
  all: Truth;
}

export interface SteadyInput {
  expressions: readonly Expression[];
  signals: readonly SignalDescriptor[];
  /** Served from memory: every tick asks for its own window. */
  samples: Samples;
  jumps: readonly Span[];
  /** From when signals observed: no window begins before. */
  observing: Nanos;
  sliding_s: number;
}

/** Looks at `steady` from `span.from` every `TICK`, and at `span.to`: as the run did while it lived. */
export function ticksOver(input: SteadyInput, span: Span): Tick[] {
  const ticks: Tick[] = [];
  for (let t = span.from; t < span.to; t += TICK) ticks.push(tickAt(input, t));
  return [...ticks, tickAt(input, span.to)];
}

/** What each expression comes to over the sliding window that ends at a moment. */
export function tickAt(input: SteadyInput, t: Nanos): Tick {
  const { expressions, signals, samples, jumps, observing, sliding_s } = input;
  const from = Math.min(t, Math.max(observing, t - seconds(sliding_s)));
  const measures = slidingMeasures({ signals, samples, jumps, span: { from, to: t } });
  const each = expressions.map((expression) => expression.truth((ref) => measure(ref, measures)).truth);
  const all = each.includes('false') ? 'false' : each.includes('unknown') ? 'unknown' : 'true';
  return { t, each, all };
}

/** Live and recorded ticks do not fall on the same moments: so much may be missing of `steady_for`. */
const SLACK: Nanos = 2 * TICK;

/**
 * `recovered_after_s`: seconds from the origin to the first tick of the last run of ticks in which steady holds, which
 * must reach the end and last for `steady_for`; 0 if no tick since the origin was anything else. If the tick before that
 * run is unknown, steady may have held from the last tick on that was false: then it is bounded. Censored at the moment
 * up to which steady certainly did not hold to the end; unknown if it is unknown at the end.
 */
export function recoveredAfter(
  ticks: readonly Tick[],
  { origin, steadyFor_s, jumps }: { origin: Nanos; steadyFor_s: number; jumps: readonly Span[] },
): Measured {
  const last = ticks.at(-1);
  if (last === undefined) return unknown('nothing was observed after the first injection');
  if (firstBetween(jumps, origin, last.t) !== undefined) return unknown('the clock jumped');
  if (last.all === 'unknown') return unknown('whether steady holds at the end is not known');
  if (last.all === 'false') return censored(secondsBetween(origin, last.t));
  const broken = ticks.findLastIndex((tick) => tick.all !== 'true');
  const start = ticks[broken + 1] ?? last;
  if (broken < 0) return value(0);
  if (last.t - start.t < seconds(steadyFor_s) - SLACK) return tooShort(ticks, { origin, start });
  const lastFalse = ticks.findLast((tick) => tick.all === 'false');
  const max = secondsBetween(origin, start.t);
  if (ticks[broken]?.all === 'false') return value(max);
  return bounded(lastFalse === undefined ? 0 : secondsBetween(origin, lastFalse.t), max);
}

/** It holds, but not yet for long enough to count: it took at least until the last tick in which it did not. */
function tooShort(ticks: readonly Tick[], { origin, start }: { origin: Nanos; start: Tick }): Measured {
  const lastFalse = ticks.findLast((tick) => tick.all === 'false');
  if (lastFalse === undefined)
    return unknown('whether steady holds is not known for long enough before the end');
  return censored(secondsBetween(origin, Math.min(lastFalse.t, start.t)));
}

/** Stretches, in seconds from the origin, in which an expression did not hold; unknown does not count as broken. */
export function brokenSpans(
  ticks: readonly Tick[],
  index: number,
  origin: Nanos,
): { from_s: number; to_s: number }[] {
  const spans: { from_s: number; to_s: number }[] = [];
  let from: Nanos | undefined;
  for (const tick of ticks) {
    const broken = tick.each[index] === 'false';
    if (broken) from ??= tick.t;
    if (broken || from === undefined) continue;
    spans.push({ from_s: secondsBetween(origin, from), to_s: secondsBetween(origin, tick.t) });
    from = undefined;
  }
  const end = ticks.at(-1);
  if (from !== undefined && end !== undefined) {
    spans.push({ from_s: secondsBetween(origin, from), to_s: secondsBetween(origin, end.t) });
  }
  return spans;
}
