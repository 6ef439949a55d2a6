import { familyMeasures, runMeasures } from '../model/families.ts';
import type { MeasureRef } from '../model/measure.ts';
import type { SignalDescriptor } from '../model/series.ts';

/** The unit of a measure, from its family, its series or its descriptor; empty where it has none. */
export function unitOf(ref: MeasureRef, signals: readonly SignalDescriptor[]): string {
  if (ref.signal === undefined) return runMeasures[ref.measure]?.unit ?? '';
  const signal = signals.find(({ name }) => name === ref.signal);
  const derived = signal?.derived.find((one) => one.measure === ref.measure && one.series === ref.series);
  if (derived !== undefined && ref.window === undefined) return derived.unit ?? '';
  const series = signal?.series.find(({ name }) => name === ref.series);
  if (series === undefined) return '';
  const unit = familyMeasures[series.family][ref.measure]?.unit ?? '';
  return unit === '' ? (series.unit ?? '') : unit;
}
