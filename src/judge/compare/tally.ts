import type { Measured } from '../../model/measure.ts';
import { type RunResult, type RunVerdict, runVerdicts } from '../../model/verdict.ts';
import { lineUp, type Subject } from './line-up.ts';
import { type Spread, spreadOf } from './spread.ts';

/** A run as a tally needs it: small enough to keep many. */
export interface TalliedRun {
  result: RunResult;
  measures: readonly { text: string; unit: string; main: boolean; measured: Measured }[];
}

/** What is kept of a run once its recording is closed. */
export function talliedRun(subject: Subject): TalliedRun {
  const measures = lineUp([subject]).flatMap(({ text, unit, main, cells }) =>
    cells.map(({ measured }) => ({ text, unit, main, measured })),
  );
  return { result: subject.result, measures };
}

/** How the repeats of a run came out. */
export interface Tally {
  count: number;
  /** Those that occurred, worst first. */
  verdicts: readonly { verdict: RunVerdict; count: number }[];
  measures: readonly { text: string; unit: string; main: boolean; spread: Spread }[];
  predictions: readonly { id: string; expect: string; held: number; failed: number; unknown: number }[];
}

/** Counts verdicts and predictions over repeats, and spreads their measures; what a run lacks is unknown there. */
export function tallyOf(runs: readonly TalliedRun[]): Tally {
  const rows = new Map<string, { unit: string; main: boolean }>();
  for (const { text, unit, main } of runs.flatMap(({ measures }) => measures))
    rows.set(text, { unit, main: main || rows.get(text)?.main === true });
  const known = runs.map(({ measures }) => new Map(measures.map(({ text, measured }) => [text, measured])));
  const predictions = runs.flatMap(({ result }) => result.predictions);
  const distinct = new Map(predictions.map(({ id, expect }) => [`${id} ${expect}`, { id, expect }]));
  return {
    count: runs.length,
    verdicts: runVerdicts.flatMap((verdict) => {
      const count = runs.filter(({ result }) => result.verdict === verdict).length;
      return count === 0 ? [] : [{ verdict, count }];
    }),
    measures: [...rows].map(([text, row]) => ({
      text,
      ...row,
      spread: spreadOf(
        known.map((one): Measured => one.get(text) ?? { is: 'unknown', why: 'it was not recorded' }),
      ),
    })),
    predictions: [...distinct.values()].map((one) => {
      const own = predictions.filter(({ id, expect }) => id === one.id && expect === one.expect);
      const count = (wanted: string): number => own.filter(({ verdict }) => verdict === wanted).length;
      return { ...one, held: count('held'), failed: count('failed'), unknown: count('unknown') };
    }),
  };
}
