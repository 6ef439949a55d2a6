import { familyMeasures, runMeasures } from '../../model/families.ts';
import { type Measured, type MeasureRef, unknown } from '../../model/measure.ts';
import type { Samples } from '../../model/samples.ts';
import type { SeriesDescriptor, SignalDescriptor } from '../../model/series.ts';
import type { Timeline } from '../../model/timeline.ts';
import type { RunResult } from '../../model/verdict.ts';
import { mainSeries } from '../expression/names.ts';
import { inMemory } from '../look/memory.ts';
import { type MeasureContext, measure } from '../measure.ts';
import { unitOf } from '../units.ts';
import { type Change, changeOf } from './change.ts';

/** A judged run, with what its measures are computed from. */
export interface Subject {
  result: RunResult;
  timeline: Timeline;
  samples: Samples;
}

/** A measure as a bare name means it in `predict`, in each of the runs. */
export interface ComparedMeasure {
  text: string;
  unit: string;
  /** One of those that people look at first. */
  main: boolean;
  /** In the runs' order. */
  cells: readonly { measured: Measured; change?: Change }[];
}

/** Computes a run's measures, taken as bare names in `predict` are: without `fault` windows over the whole run. */
export function measuring({ result, timeline, samples }: Subject): (ref: MeasureRef) => Measured {
  const recovered = result.measures.find(({ text }) => text === 'recovered_after_s')?.measured;
  const context: MeasureContext = {
    signals: result.signals,
    samples: inMemory(samples),
    windows: result.windows,
    timeline,
    defaultWindow: 'predict',
    recovered: () => recovered ?? unknown('it was not judged'),
    seen: new Map(),
  };
  return (ref) => measure(ref, context);
}

/** Every measure that any of the runs has, side by side, with what changed against the run at `base`. */
export function lineUp(subjects: readonly Subject[], base = 0): ComparedMeasure[] {
  const rows = new Map<string, Named & { measured: (Measured | undefined)[] }>();
  for (const [index, subject] of subjects.entries()) {
    const look = measuring(subject);
    for (const named of namesOf(subject.result.signals)) {
      const row = rows.get(named.ref.text) ?? { ...named, measured: [] };
      row.measured[index] = look(named.ref);
      rows.set(named.ref.text, row);
    }
  }
  return [...rows.values()].flatMap(({ ref, unit, main, measured }) => {
    const cells = subjects.map((_, index) => measured[index] ?? unknown('it was not recorded'));
    const isQuiet = ref.key !== undefined && cells.every((one) => one.is === 'unknown' || isZero(one));
    return isQuiet
      ? []
      : [{ text: ref.text, unit, main: main && cells.some(isKnown), cells: changed(cells, base) }];
  });
}

const isZero = (one: Measured): boolean => one.is === 'value' && one.value === 0;
const isKnown = (one: Measured): boolean => one.is !== 'unknown';

function changed(cells: readonly Measured[], base: number): ComparedMeasure['cells'] {
  const before = cells[base];
  return cells.map((measured, index) =>
    before === undefined || index === base ? { measured } : { measured, change: changeOf(before, measured) },
  );
}

interface Named {
  ref: MeasureRef;
  unit: string;
  main: boolean;
}

/** The names of all measures of a run, without windows; a main series is left out of them, as people leave it out. */
function namesOf(signals: readonly SignalDescriptor[]): Named[] {
  const refs = [
    ...Object.keys(runMeasures).map((name) => ({
      ref: { measure: name, text: name },
      main: mainOfRun.includes(name),
    })),
    ...signals.flatMap((signal) => [
      ...signal.derived.map(({ measure: name, series }) => ({
        ref: {
          signal: signal.name,
          measure: name,
          text: [signal.name, ...(series === undefined ? [] : [series]), name].join('.'),
          ...(series === undefined ? {} : { series }),
        },
        main: true,
      })),
      ...signal.series.flatMap((series) => seriesNames(signal, series)),
    ]),
  ];
  return refs.map(({ ref, main }) => ({ ref, main, unit: unitOf(ref, signals) }));
}

const mainOfRun: readonly string[] = ['recovered_after_s', 'undone_after_s', 'observer.missed'];

const mainOfFamily: Record<SeriesDescriptor['family'], readonly string[]> = {
  operations: ['availability', 'failed', 'rate_per_s', 'p50_ms', 'p95_ms', 'p99_ms', 'longest_outage_s'],
  state: ['last', 'changes'],
  gauge: ['min', 'mean', 'max'],
  events: [],
};

function seriesNames(signal: SignalDescriptor, series: SeriesDescriptor): Omit<Named, 'unit'>[] {
  const isMain = mainSeries(signal)?.name === series.name;
  const path = isMain ? [signal.name] : [signal.name, series.name];
  const looked = isLookedAt(signal, series) ? mainOfFamily[series.family] : [];
  return Object.entries(familyMeasures[series.family]).flatMap(([name, { key }]) =>
    key === 'number'
      ? []
      : keysOf(series, key).map((one) => {
          const last = one === undefined ? name : key === 'error' ? `${name}["${one}"]` : `${one}.${name}`;
          const ref: MeasureRef = {
            signal: signal.name,
            series: series.name,
            measure: name,
            text: [...path, last].join('.'),
            ...(one === undefined ? {} : { key: one }),
          };
          return { ref, main: looked.includes(name) };
        }),
  );
}

/** Not what a load says of itself, nor the observer; of counts that belong together, the first. */
function isLookedAt(signal: SignalDescriptor, series: SeriesDescriptor): boolean {
  if (series.family !== 'gauge') return true;
  if (signal.name === 'observer' || signal.series.some(({ family }) => family === 'operations')) return false;
  const counts = signal.series.filter(({ family, unit }) => family === 'gauge' && unit === '1');
  return series.unit !== '1' || counts[0]?.name === series.name;
}

function keysOf(series: SeriesDescriptor, key: string | undefined): (string | undefined)[] {
  if (key === 'error') return [...new Set([...(series.kinds ?? []), 'other'])];
  return key === 'event' ? [...(series.types ?? [])] : [undefined];
}
