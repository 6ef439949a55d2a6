import { seriesOf, type View } from '../view.ts';
import type { Chart } from './chart.ts';
import { type GaugeGroup, gaugeChart } from './gauges.ts';
import { overviewChart } from './lanes.ts';
import { loadCharts } from './load.ts';

/** The name under which the run watches itself. */
export const OBSERVER = 'observer';

function gaugeGroups(view: View): GaugeGroup[] {
  const groups = new Map<string, GaugeGroup & { series: { name: string; key: string }[] }>();
  const span = { from: view.result.windows.baseline.from, to: view.span.to };
  for (const one of seriesOf(view, 'gauge')) {
    const id = `${one.signal} ${one.unit}`;
    const happened = seriesOf(view, 'events')
      .filter((events) => events.signal === one.signal)
      .flatMap((events) => view.samples.events(events.key, span).map((event) => event.t));
    const group = groups.get(id) ?? {
      signal: one.signal,
      unit: one.unit,
      interval_s: one.interval_s,
      series: [],
      happened,
    };
    group.series.push({ name: one.series, key: one.key });
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

function uniquely(): (chart: Chart) => Chart {
  const used = new Set(['overview']);
  return (chart) => {
    let name = chart.name;
    for (let number = 2; used.has(name); number += 1) name = `${chart.name}-${number}`;
    used.add(name);
    return { ...chart, name };
  };
}
