import { type FamilyMeasure, familyMeasures, runMeasures } from '../../model/families.ts';
import type { MeasureRef, MeasureWindow } from '../../model/measure.ts';
import type { DerivedDescriptor, SeriesDescriptor, SignalDescriptor } from '../../model/series.ts';

export type ValueType = 'number' | 'text' | 'bool';

/** The end of a path: something that can be measured. */
export interface MeasureName {
  is: 'measure';
  type: ValueType;
  unit: string;
  /** It counts from the first injection; what it is compared with says how long to watch. */
  time: boolean;
  /** Written as a function of a number: `above_s(5)`. */
  takesNumber: boolean;
  ref: Omit<MeasureRef, 'text'>;
}

/** A word on the way: a signal, a window, a series, a type of event, or the kinds of errors. */
export interface GroupName {
  is: 'group';
  /** In words: `the signal votes`. */
  what: string;
  members: Map<string, Name>;
}

export type Name = MeasureName | GroupName;

const measureWindows = ['baseline', 'fault', 'recovery', 'run'] as const satisfies MeasureWindow[];

/** The kind under which failures that are not on a series' list are recorded. */
const OTHER = 'other';

/** All names that expressions over these signals may use, as a tree of words. */
export function namesOf(signals: readonly SignalDescriptor[]): GroupName {
  const root = group(
    'the run',
    signals.map((signal) => [signal.name, signalNames(signal)]),
  );
  for (const [name, measure] of Object.entries(runMeasures)) {
    const [first = '', second] = name.split('.');
    const found: MeasureName = { ...measureOf(measure, 'number'), ref: { measure: name } };
    if (second === undefined) root.members.set(first, found);
    else ensureGroup(root, first, first).members.set(second, found);
  }
  return root;
}

/** Every measure of a signal by the shortest name that an expression can give it, without windows. */
export function namedMeasures(signal: SignalDescriptor): { text: string; ref: MeasureName['ref'] }[] {
  const found = new Map<string, { text: string; ref: MeasureName['ref'] }>();
  const walk = (name: Name, text: string): void => {
    if (name.is === 'group') {
      for (const [word, member] of name.members) walk(member, text === '' ? word : `${text}.${word}`);
      return;
    }
    const { series, measure, key } = name.ref;
    const id = `${series} ${measure} ${key}`;
    const shorter = found.get(id);
    if (shorter === undefined || text.length < shorter.text.length) found.set(id, { text, ref: name.ref });
  };
  for (const [word, member] of signalNames(signal).members)
    if (!measureWindows.some((window) => window === word)) walk(member, word);
  return [...found.values()];
}

/** The series that is meant where none is named. */
export function mainSeries(signal: SignalDescriptor): SeriesDescriptor | undefined {
  if (signal.main !== undefined) return signal.series.find((series) => series.name === signal.main);
  return signal.series.length === 1 ? signal.series[0] : undefined;
}

const group = (what: string, members: Iterable<readonly [string, Name]>): GroupName => ({
  is: 'group',
  what,
  members: new Map(members),
});

function ensureGroup(parent: GroupName, name: string, what: string): GroupName {
  const found = parent.members.get(name);
  if (found?.is === 'group') return found;
  const made = group(what, []);
  parent.members.set(name, made);
  return made;
}

/** Windows win over series, series over the measures of the main series, and those over derived ones. */
function signalNames(signal: SignalDescriptor): GroupName {
  const names = group(`the signal ${signal.name}`, []);
  for (const derived of signal.derived) addDerived(names, signal.name, derived);
  addSeries(names, signal, undefined);
  for (const window of measureWindows) {
    const inWindow = group(`${signal.name}.${window}`, []);
    addSeries(inWindow, signal, window);
    names.members.set(window, inWindow);
  }
  return names;
}

function addDerived(names: GroupName, signal: string, derived: DerivedDescriptor): void {
  const parent =
    derived.series === undefined ? names : ensureGroup(names, derived.series, `${signal}.${derived.series}`);
  parent.members.set(derived.measure, {
    is: 'measure',
    type: derived.type,
    unit: derived.unit ?? '',
    time: derived.type === 'number' && derived.measure.endsWith('_after_s'),
    takesNumber: false,
    ref: {
      signal,
      measure: derived.measure,
      ...(derived.series === undefined ? {} : { series: derived.series }),
    },
  });
}

function addSeries(names: GroupName, signal: SignalDescriptor, window: MeasureWindow | undefined): void {
  const main = mainSeries(signal);
  if (main !== undefined) {
    for (const [name, found] of seriesNames(signal.name, main, window)) names.members.set(name, found);
  }
  for (const series of signal.series) {
    const own = ensureGroup(names, series.name, `${signal.name}.${series.name}`);
    for (const [name, found] of seriesNames(signal.name, series, window)) own.members.set(name, found);
  }
}

function seriesNames(
  signal: string,
  series: SeriesDescriptor,
  window: MeasureWindow | undefined,
): readonly (readonly [string, Name])[] {
  const base = { signal, series: series.name, ...(window === undefined ? {} : { window }) };
  const measures = Object.entries(familyMeasures[series.family]);
  const named = ([name, measure]: [string, FamilyMeasure]): MeasureName => ({
    ...measureOf(measure, series.values ?? 'text', series.unit),
    ref: { ...base, measure: name },
  });
  const keyed = (of: [string, FamilyMeasure], key: string): MeasureName => {
    const found = named(of);
    return { ...found, ref: { ...found.ref, key } };
  };
  if (series.family === 'events') {
    return (series.types ?? []).map((type) => [
      type,
      group(
        `events of type ${type}`,
        measures.map((of) => [of[0], keyed(of, type)]),
      ),
    ]);
  }
  return measures.map((of) => {
    const [name, measure] = of;
    if (measure.key !== 'error') return [name, named(of)];
    const kinds = new Set([...(series.kinds ?? []), OTHER]);
    return [
      name,
      group(
        `the kinds of errors of ${signal}`,
        [...kinds].map((kind) => [kind, keyed(of, kind)]),
      ),
    ];
  });
}

function measureOf(measure: FamilyMeasure, same: ValueType, unit?: string): Omit<MeasureName, 'ref'> {
  return {
    is: 'measure',
    type: measure.type === 'same' ? same : measure.type,
    unit: measure.unit === '' ? (unit ?? '') : measure.unit,
    time: measure.time === true,
    takesNumber: measure.key === 'number',
  };
}
