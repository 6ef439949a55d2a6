import { bounded, type Measured, type MeasureWindow, unknown, value } from '../../model/measure.ts';
import type { SeriesDescriptor, SignalDescriptor } from '../../model/series.ts';
import type { Slo, SloResult, SloShare } from '../../model/slo.ts';
import type { Span } from '../../model/time.ts';
import { mainSeries } from '../expression/names.ts';
import { seenIn } from '../findings/buckets.ts';
import type { MeasureContext } from '../measure.ts';
import { NO_UPPER_BOUND } from '../words.ts';
import { type Counts, countsOf } from './counts.ts';

/** The rules, for docs/measures.md. */
export const sloRule = `An objective of the system file (\`slo:\`) says which share of a signal's operations must be good in its window. An operation is good if it is ok
and, where the objective says \`within\`, ended at most that long after it should have started. Its budget is the rest: 1 - objective.

- **share** of a window: good / all.
- **burn rate**: (1 - share of the fault window) / (1 - objective); of the whole run where nothing was injected. At 1 the budget lasts exactly for the
  objective's window (Google, *The Site Reliability Workbook*, chapter 5, "Alerting on SLOs").
- **spent** by the run: its bad operations / the operations that the objective's window would have at the run's own rate and may lose,
  that is (1 - share of the run) / (1 - objective) * length of the run / objective's window.
- **gone after**: objective's window / burn rate: how long such an outage may last, in all, until nothing is left of the budget.
- **repeats**: 1 / spent: how many such runs the budget is good for.

What is not known makes all of these bounded: operations that we could not send, that had not ended when the recording did, that were too slow only
by our own lateness, and those of gaps, reckoned at the rate of the rest, count once as all good and once as all bad. Where nothing of a window was observed it is unknown.`;

const windowNames = ['baseline', 'fault', 'recovery', 'run'] as const satisfies MeasureWindow[];

/** What a run did to each objective (see `sloRule`). */
export const slosOf = (slos: readonly Slo[], context: MeasureContext): SloResult[] =>
  slos.map((slo) => sloOf(slo, context));

/** The operations of a signal, where it has some. */
export function operationsOf(signal: SignalDescriptor | undefined): SeriesDescriptor | undefined {
  if (signal === undefined) return undefined;
  const main = mainSeries(signal);
  return main?.family === 'operations' ? main : signal.series.find(({ family }) => family === 'operations');
}

function sloOf(slo: Slo, context: MeasureContext): SloResult {
  const { windows } = context;
  const injected = windows.origin !== undefined;
  const spans = windowNames.flatMap((window) => {
    const span = windows[window];
    return span === undefined || (!injected && window !== 'run') ? [] : [{ window, span }];
  });
  const counted = spans.map(({ window, span }) => ({ window, counts: countsIn(slo, span, context) }));
  const of = (window: MeasureWindow): Counts | undefined =>
    counted.find((one) => one.window === window)?.counts;
  const during = of(injected ? 'fault' : 'run');
  const budget = (100 - slo.objective_percent) / 100;
  const burnRate = within(during, ({ least, most, all }) => [least / all / budget, most / all / budget]);
  const spent = within(of('run'), ({ least, most, all, length_s }) => {
    const allowed = (all / length_s) * slo.window_s * budget;
    return [least / allowed, most / allowed];
  });
  return {
    ...slo,
    shares: counted.map(({ window, counts }) => shareOf(window, counts)),
    burnRate,
    spent,
    ...inverse('goneAfter_s', burnRate, slo.window_s),
    ...inverse('repeats', spent, 1),
  };
}

function countsIn(slo: Slo, span: Span, context: MeasureContext): Counts | undefined {
  const signal = context.signals.find(({ name }) => name === slo.signal);
  const series = operationsOf(signal);
  if (signal === undefined || series === undefined) return undefined;
  const at = { samples: context.samples, signal, series, jumps: context.timeline.jumps };
  return countsOf(seenIn(at, span), slo.within_ms);
}

const nothing = unknown('no operation was observed in the window');

/** Bounds from what was certainly bad and what may have been. */
function within(
  counts: Counts | undefined,
  of: (bad: { least: number; most: number; all: number; length_s: number }) => [number, number],
): Measured {
  if (counts === undefined) return nothing;
  const { good, bad, unsure, length_s } = counts;
  const all = good + bad + unsure;
  return all === 0 ? nothing : bounded(...of({ least: bad, most: bad + unsure, all, length_s }));
}

function shareOf(window: MeasureWindow, counts: Counts | undefined): SloShare {
  if (counts === undefined || counts.good + counts.bad + counts.unsure === 0)
    return { window, good: nothing, total: nothing, share: nothing };
  const { good, bad, unsure, seen } = counts;
  const all = good + bad + unsure;
  return {
    window,
    good: bounded(good, good + unsure),
    total: bounded(seen, all),
    share: bounded(good / all, (good + unsure) / all),
  };
}

/** `of` divided by a rate, under its name; none where nothing was bad. */
function inverse<K extends string>(name: K, rate: Measured, of: number): { [key in K]?: Measured } {
  const known = (measured: Measured): { [key in K]?: Measured } =>
    ({ [name]: measured }) as { [key in K]: Measured };
  if (rate.is === 'value') return Number(rate.value) === 0 ? {} : known(value(of / Number(rate.value)));
  if (rate.is !== 'bounded') return known(rate);
  return known(bounded(of / rate.max, rate.min === 0 ? NO_UPPER_BOUND : of / rate.min));
}
