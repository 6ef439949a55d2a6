import { head, type Labels, labelled, sample } from './exposition.ts';
import { processMetrics } from './process-metrics.ts';

export interface Counter {
  /** Adds 1 unless told; adding 0 makes the series there from the start. */
  add(labels: Labels, amount?: number): void;
}

export interface Histogram {
  /** Notes one duration. */
  observe(labels: Labels, seconds: number): void;
}

/** The metrics of one program, as Prometheus reads them; those of its process are always among them. */
export interface Metrics {
  counter(name: string, help: string): Counter;
  histogram(name: string, help: string): Histogram;
  /** The text exposition format 0.0.4. */
  text(): string;
}

/** Upper bounds in seconds: the default ones of the Prometheus clients, finer at the fast end. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const families: (() => string[])[] = [];
  return {
    counter(name, help) {
      const values = new Map<string, number>();
      families.push(() => [
        ...head(name, help, 'counter'),
        ...[...values].map(([labels, value]) => sample(name, labels, value)),
      ]);
      return {
        add(labels, amount = 1) {
          const key = labelled(labels);
          values.set(key, (values.get(key) ?? 0) + amount);
        },
      };
    },
    histogram(name, help) {
      const values = new Map<string, Observed>();
      families.push(() => [
        ...head(name, help, 'histogram'),
        ...[...values].flatMap(([labels, observed]) => histogramLines(name, labels, observed)),
      ]);
      return { observe: (labels, seconds) => observe(values, labelled(labels), seconds) };
    },
    text: () => [...families.flatMap((lines) => lines()), ...processMetrics(), ''].join('\n'),
  };
}

interface Observed {
  buckets: number[];
  sum: number;
  count: number;
}

function observe(values: Map<string, Observed>, labels: string, seconds: number): void {
  const observed = values.get(labels) ?? { buckets: BOUNDS.map(() => 0), sum: 0, count: 0 };
  values.set(labels, observed);
  BOUNDS.forEach((bound, index) => {
    if (seconds <= bound) observed.buckets[index] = (observed.buckets[index] ?? 0) + 1;
  });
  observed.sum += seconds;
  observed.count += 1;
}

function histogramLines(name: string, labels: string, { buckets, sum, count }: Observed): string[] {
  const upTo = (bound: string, value: number): string =>
    sample(`${name}_bucket`, [labels, labelled({ le: bound })].filter(Boolean).join(','), value);
  return [
    ...BOUNDS.map((bound, index) => upTo(String(bound), buckets[index] ?? 0)),
    upTo('+Inf', count),
    sample(`${name}_sum`, labels, sum),
    sample(`${name}_count`, labels, count),
  ];
}
