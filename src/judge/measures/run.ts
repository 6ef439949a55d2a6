import { type Measured, type MeasureRef, unknown, value } from '../../model/measure.ts';
import { seriesKey } from '../../model/samples.ts';
import { MISSED } from '../../model/series.ts';
import { firstBetween } from '../look/spans.ts';
import { timeOf } from '../look/times.ts';
import type { MeasureContext } from '../measure.ts';
import { overAt } from '../windows.ts';
import { atLeast } from '../words.ts';
import { nearestRank } from './percentile.ts';
import { gapTexts } from './table.ts';

interface RunRule {
  formula: string;
  gap: string;
  compute(context: MeasureContext): Measured;
}

/** Measures of the run itself. */
export const runRules: Readonly<Record<string, RunRule>> = {
  recovered_after_s: {
    formula:
      'from the first injection until the moment since which all of `steady` hold in every tick to the end, at least for `timing.steady_for`; 0 if they never broke; censored if they do not hold at the end',
    gap: 'unknown if steady is unknown at the end; bounded if it was unknown just before',
    compute: ({ recovered }) => recovered?.() ?? unknown('it is only known once the run is over'),
  },
  undone_after_s: {
    formula:
      'from the first injection until the last undo was over (of an instantaneous fault: until its target had recovered); censored if one never was',
    gap: 'unknown if the clock jumped before',
    compute: undoneAfter,
  },
  'observer.missed': {
    formula: 'operations of all loads that we did not send in time by our own fault, over the whole run',
    gap: gapTexts.atLeast,
    compute: missed,
  },
  'observer.lag_p99_ms': {
    formula:
      "99th percentile (nearest rank) of the main loop's longest delay in each half second, over the whole run",
    gap: 'unknown where it was never measured',
    compute: lag,
  },
  'monitoring.blind_s': {
    formula: 'seconds in which their own monitoring had no data; unknown where no monitoring is watched',
    gap: gapTexts.unknown,
    compute: () => unknown('no monitoring was watched'),
  },
};

/** Computes a measure of the run. */
export function runMeasure(ref: MeasureRef, context: MeasureContext): Measured {
  return runRules[ref.measure]?.compute(context) ?? unknown(`there is no measure ${ref.measure}`);
}

function undoneAfter({ timeline, windows }: MeasureContext): Measured {
  const { origin, run } = windows;
  if (origin === undefined) return unknown('nothing was injected');
  const made = timeline.injections.filter((record) => record.acting !== undefined);
  const undone = made.map(overAt);
  const last = undone.every((t) => t !== undefined) ? Math.max(...undone) : undefined;
  return timeOf(
    { origin, end: run.to, gaps: [], jumps: timeline.jumps },
    last === undefined ? undefined : { t: last },
  );
}

function missed({ signals, samples, windows, defaultWindow, timeline }: MeasureContext): Measured {
  const span = defaultWindow === 'predict' ? windows.run : defaultWindow;
  let count = 0;
  let gap = firstBetween(timeline.jumps, span.from, span.to);
  for (const signal of signals) {
    for (const series of signal.series.filter(({ family }) => family === 'operations')) {
      const key = seriesKey(signal.name, series.name);
      for (const operation of samples.operations(key, span)) if (operation.kind === MISSED) count += 1;
      gap ??= samples.gaps(key, span)[0];
    }
  }
  return gap === undefined ? value(count) : atLeast(count);
}

function lag({ signals, samples, windows, defaultWindow }: MeasureContext): Measured {
  const span = defaultWindow === 'predict' ? windows.run : defaultWindow;
  const signal = signals.find(({ name }) => name === 'observer');
  const series = signal?.series.find(({ name }) => name === 'lag_ms');
  if (signal === undefined || series === undefined) return unknown('the observer was not recorded');
  const values = samples
    .points(seriesKey(signal.name, series.name), span)
    .flatMap(({ value: held }) => (typeof held === 'number' ? [held] : []));
  const found = nearestRank(Float64Array.from(values).toSorted(), 99);
  return found === undefined ? unknown('the lag of the observer was never measured') : value(found);
}
