import type { ReportInput } from '../input.ts';
import { seriesOf, type View, viewOf } from '../view.ts';
import type { Chart, Marked } from './chart.ts';
import { RESETS } from './frame.ts';
import { type GaugeGroup, type GaugeLine, gaugeChart } from './gauges.ts';
import { overviewChart } from './lanes.ts';
import { loadOf, type Source } from './load.ts';
import { errorsChart } from './load-errors.ts';
import { latencyChart } from './load-latency.ts';
import { ratesChart } from './load-rate.ts';

/** The name under which the run watches itself. */
export const OBSERVER = 'observer';

function gaugeGroups(view: View): GaugeGroup[] {
  const groups = new Map<string, GaugeGroup & { series: GaugeLine[] }>();
  const span = { from: view.result.windows.baseline.from, to: view.span.to };
  for (const one of seriesOf(view, 'gauge')) {
    const id = `${one.signal} ${one.unit} ${one.total}`;
    const happened = seriesOf(view, 'events')
      .filter((events) => events.signal === one.signal && events.series !== RESETS)
      .flatMap((events) => view.samples.events(events.key, span).map((event) => event.t));
    const group = groups.get(id) ?? {
      signal: one.signal,
      unit: one.unit,
      interval_s: one.interval_s,
      total: one.total,
      series: [],
      happened,
    };
    group.series.push({ name: one.series, key: one.key, noise: one.noise });
    groups.set(id, group);
  }
  return [...groups.values()];
}

/** A load's gauges (its schedule error, its CPU) are our own health, not the target's. */
function isOurs(view: View, signal: string): boolean {
  return signal === OBSERVER || seriesOf(view, 'operations').some((one) => one.signal === signal);
}

export interface Charts {
  overview: Chart;
  /** What the target did: loads first, then what was counted. */
  target: readonly Chart[];
  /** What we did to ourselves. */
  observer: readonly Chart[];
}

/** The three charts of a series of operations, in the order in which they are read. */
function loadCharts(view: View, source: Source): Chart[] {
  const load = loadOf(view, source);
  return [ratesChart(load), latencyChart(load), errorsChart(load)];
}

/** Every chart of a report. Names are unique: they become ids and file names. */
export function chartsOf(view: View): Charts {
  const loads = seriesOf(view, 'operations').flatMap((series, _, all) => {
    const isOnly = all.filter((one) => one.signal === series.signal).length === 1;
    return loadCharts(view, {
      signal: series.signal,
      key: series.key,
      title: isOnly ? series.signal : series.key,
    });
  });
  const gauges = gaugeGroups(view);
  const unique = uniquely();
  return {
    overview: overviewChart(view),
    target: [
      ...loads,
      ...gauges.filter((one) => !isOurs(view, one.signal)).map((one) => gaugeChart(view, one)),
    ].map(unique),
    observer: gauges
      .filter((one) => isOurs(view, one.signal))
      .map((one) => gaugeChart(view, one))
      .map(unique),
  };
}

/** A chart's mark by itself, for tables, the terminal and machines. */
export interface ChartMark extends Marked {
  name: string;
  title: string;
}

/** The marks of the charts of a report's target, in their order; our own health is no part of them. */
export const marksOf = ({ target }: Charts): ChartMark[] =>
  target.flatMap(({ name, title, mark }) => (mark === undefined ? [] : [{ name, title, ...mark }]));

/** The marks of a run's charts, for those who do not draw them. */
export const chartMarks = (input: ReportInput): ChartMark[] => marksOf(chartsOf(viewOf(input)));

function uniquely(): (chart: Chart) => Chart {
  const used = new Set(['overview']);
  return (chart) => {
    let name = chart.name;
    for (let number = 2; used.has(name); number += 1) name = `${chart.name}-${number}`;
    used.add(name);
    return { ...chart, name };
  };
}
