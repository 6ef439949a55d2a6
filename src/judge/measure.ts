import { familyMeasures } from '../model/families.ts';
import { type Measured, type MeasureRef, unknown } from '../model/measure.ts';
import type { Samples } from '../model/samples.ts';
import type { SeriesDescriptor, SignalDescriptor } from '../model/series.ts';
import type { Nanos, Span } from '../model/time.ts';
import type { Timeline, Windows } from '../model/timeline.ts';
import { derived } from './derived/registry.ts';
import { type Observed, observe } from './look/observed.ts';
import { eventMeasures } from './measures/events.ts';
import { gaugeMeasures } from './measures/gauge.ts';
import { operationMeasures } from './measures/operations.ts';
import { runMeasure } from './measures/run.ts';
import { stateMeasures } from './measures/state.ts';
import type { MeasureTable } from './measures/table.ts';
import { firstActOf } from './windows.ts';

/** What measures are computed from, and where a measure without a window is taken. */
export interface MeasureContext {
  signals: readonly SignalDescriptor[];
  samples: Samples;
  windows: Windows;
  timeline: Timeline;
  /** As in `predict` (design, section 3), or the sliding window of `steady`, `abort` and `until`. */
  defaultWindow: 'predict' | Span;
  /** `recovered_after_s`, which needs `steady`; unknown where it is absent. */
  recovered?: () => Measured;
  /** Keeps what was already looked at, for as long as the context lives. */
  seen?: Map<string, Observed>;
}

/** The measures of each family. */
export const measureTables: Record<SeriesDescriptor['family'], MeasureTable> = {
  operations: operationMeasures,
  state: stateMeasures,
  gauge: gaugeMeasures,
  events: eventMeasures,
};

/**
 * Computes a measure. Whatever goes wrong in it makes it unknown: a bug in a measure must not become a verdict, nor
 * take the rest of the report with it.
 */
export function measure(ref: MeasureRef, context: MeasureContext): Measured {
  try {
    return checked(compute(ref, context));
  } catch (error) {
    return unknown(`it could not be computed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Numbers that are none never leave here. */
function checked(measured: Measured): Measured {
  const numbers =
    measured.is === 'value'
      ? [measured.value]
      : measured.is === 'bounded'
        ? [measured.min, measured.max]
        : measured.is === 'censored'
          ? [measured.over]
          : [];
  const broken = numbers.some((number) => typeof number === 'number' && !Number.isFinite(number));
  return broken ? unknown('it came out as no number') : measured;
}

function compute(ref: MeasureRef, context: MeasureContext): Measured {
  if (ref.signal === undefined) return runMeasure(ref, context);
  const signal = context.signals.find((candidate) => candidate.name === ref.signal);
  if (signal === undefined) return unknown(`no signal ${ref.signal} was recorded`);
  const special = signal.derived.find((one) => one.measure === ref.measure && one.series === ref.series);
  if (special !== undefined && ref.window === undefined) return derived(ref, special, context);
  const series = signal.series.find((candidate) => candidate.name === ref.series);
  if (series === undefined) return unknown(`no series ${ref.text} was recorded`);
  const rule = measureTables[series.family][ref.measure];
  if (rule === undefined) return unknown(`${series.family} have no measure ${ref.measure}`);
  const seen = look(context, { ref, signal, series });
  return seen.ok ? rule.compute(seen.observed, ref.key) : unknown(seen.why);
}

/** The window of a measure, and the moment from which its times count. */
interface Place {
  span: Span;
  origin: Nanos;
  sliding: boolean;
}

type Looked = { ok: true; observed: Observed } | { ok: false; why: string };

function look(
  context: MeasureContext,
  of: { ref: MeasureRef; signal: SignalDescriptor; series: SeriesDescriptor },
): Looked {
  const { ref, signal, series } = of;
  const place = placeOf(ref.window, isLasting(ref, series), context);
  if (place === undefined) return { ok: false, why: 'nothing was injected' };
  const key = `${signal.name}.${series.name} ${place.span.from} ${place.span.to}`;
  const before = context.seen?.get(key);
  if (before !== undefined) return { ok: true, observed: before };
  const { samples, timeline } = context;
  const observed = observe({
    signal,
    series,
    samples,
    ...place,
    firstAct: firstActOf(timeline.injections),
    jumps: timeline.jumps,
  });
  context.seen?.set(key, observed);
  return { ok: true, observed };
}

/** Times, states and events are looked for until the end of the run, all others while the fault lasts. */
const isLasting = ({ measure: name }: MeasureRef, { family }: SeriesDescriptor): boolean =>
  familyMeasures[family][name]?.time === true || family === 'state' || family === 'events';

/** The window of a measure as a prediction takes it; undefined where the run has none. */
export function predictedWindow(
  ref: MeasureRef,
  { signals, windows }: Pick<MeasureContext, 'signals' | 'windows'>,
): Span | undefined {
  const signal = signals.find(({ name }) => name === ref.signal);
  const series = signal?.series.find(({ name }) => name === ref.series);
  const lasting = series === undefined || isLasting(ref, series);
  return placeOf(ref.window, lasting, { windows, defaultWindow: 'predict' })?.span;
}

/**
 * Where a measure is taken (design, section 3): in the window that is named, else in the sliding one, else, for times,
 * states and events, from the first injection to the end, and for operations and gauges while the fault lasts.
 * Without any injection the run is one window. Undefined where the named window does not exist.
 */
function placeOf(
  window: MeasureRef['window'],
  lasting: boolean,
  { windows, defaultWindow }: Pick<MeasureContext, 'windows' | 'defaultWindow'>,
): Place | undefined {
  const at = (span: Span | undefined, sliding = false): Place | undefined =>
    span && { span, origin: span.from, sliding };
  if (window !== undefined) return at(windows[window]);
  if (defaultWindow !== 'predict') return at(defaultWindow, true);
  return at((lasting ? windows.sinceFault : windows.fault) ?? windows.run);
}
