import { familyMeasures, runMeasures } from '../../model/families.ts';
import type { MeasureRef, MeasureWindow } from '../../model/measure.ts';
import type { SeriesDescriptor, SignalDescriptor } from '../../model/series.ts';
import type { MeasureResult } from '../../model/verdict.ts';
import { type MeasureContext, measure } from '../measure.ts';
import { unitOf } from '../units.ts';

/**
 * Every measure of every series, in every window that the run has; times once, from the first injection; kinds of
 * errors and types of events only where they occurred; functions of a number (`above_s(x)`) are left out.
 */
export function everyMeasure(context: MeasureContext): MeasureResult[] {
  return refsOf(context)
    .map((ref) => ({
      text: ref.text,
      measured: measure(ref, context),
      unit: unitOf(ref, context.signals),
      ref,
    }))
    .filter(({ ref, measured }) => ref.key === undefined || measured.is !== 'value' || measured.value !== 0)
    .filter(
      ({ ref, measured }) =>
        ref.measure !== 'first_after_s' || measured.is === 'value' || measured.is === 'bounded',
    )
    .map(({ text, measured, unit }) => ({ text, measured, unit }));
}

function refsOf({ signals, windows }: MeasureContext): MeasureRef[] {
  const present = (['baseline', 'fault', 'recovery', 'run'] as const).filter(
    (window) => windows[window] !== undefined,
  );
  const ofSignals = signals.flatMap((signal) => [
    ...signal.series.flatMap((series) => seriesRefs(signal, series, present)),
    ...signal.derived.map((derived) => derivedRef(signal, derived)),
  ]);
  return [...ofSignals, ...Object.keys(runMeasures).map((name) => ({ measure: name, text: name }))];
}

function derivedRef(
  signal: SignalDescriptor,
  { measure: name, series }: { measure: string; series?: string },
): MeasureRef {
  const text = [signal.name, ...(series === undefined ? [] : [series]), name].join('.');
  return { signal: signal.name, measure: name, text, ...(series === undefined ? {} : { series }) };
}

function seriesRefs(
  signal: SignalDescriptor,
  series: SeriesDescriptor,
  windows: readonly MeasureWindow[],
): MeasureRef[] {
  return Object.entries(familyMeasures[series.family]).flatMap(([name, { key, time }]) => {
    if (key === 'number') return [];
    const keys =
      key === 'error'
        ? [...new Set([...(series.kinds ?? []), 'other'])]
        : key === 'event'
          ? (series.types ?? [])
          : [undefined];
    const places = time === true ? [undefined] : windows;
    return places.flatMap((window) =>
      keys.map((one): MeasureRef => {
        const words = [signal.name, ...(window === undefined ? [] : [window]), series.name];
        const last = one === undefined ? [name] : key === 'error' ? [`${name}["${one}"]`] : [one, name];
        return {
          signal: signal.name,
          series: series.name,
          measure: name,
          text: [...words, ...last].join('.'),
          ...(window === undefined ? {} : { window }),
          ...(one === undefined ? {} : { key: one }),
        };
      }),
    );
  });
}
