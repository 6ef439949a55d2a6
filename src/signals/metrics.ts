import { defineSignal, type RunningSignal, type SignalContext } from '../model/contracts/signal.ts';
import { fail, type Problem, type Result } from '../model/result.ts';
import type { SeriesDescriptor, SignalDescriptor } from '../model/series.ts';
import { checkMetrics } from './metrics/check.ts';
import {
  type Entry,
  entriesOf,
  everyOf,
  type MetricsConfig,
  metricsConfig,
  totalName,
} from './metrics/config.ts';
import { Recorder } from './metrics/recorder.ts';
import { sourceOf } from './metrics/source.ts';
import { startPolling } from './poll.ts';

/** The first reads may fail now and then, while all of it is just starting. */
const PATIENCE_S = 5;

/** What processes say of themselves in the text format of Prometheus: gauges as they are, counters as rates. */
export const metrics = defineSignal<MetricsConfig>({
  kind: 'metrics',
  summary:
    'Metrics in the text format of Prometheus, of a URL or of each pod: gauges, and counters as rates.',
  config: metricsConfig,
  needs: ['list pods and get pods/proxy, where pods are read'],
  example: `backend:
  metrics:
    pods: { selector: app=poll-backend, port: http }   # or url: http://127.0.0.1:8080/metrics
    series:
      votes: votes_total                               # backend.votes.min: per second; backend.votes_total.last: how many
      errors: 'http_requests_total{status=~"5.."}'
      memory: { gauge: process_resident_memory_bytes, by: max }`,
  describe,
  check: checkMetrics,
  start,
});

function describe(name: string, config: MetricsConfig): SignalDescriptor {
  return {
    name,
    kind: 'metrics',
    version: 1,
    series: [
      ...entriesOf(config).flatMap(seriesOf),
      {
        name: 'resets',
        family: 'events',
        types: ['reset'],
        summary: 'a counter that fell, because its process began anew',
      },
    ],
    derived: [],
    interval_s: everyOf(config),
  };
}

/** The range of a rate where Prometheus scrapes every 15 s, as it does unless told. */
const USUAL_RANGE = '1m';

function seriesOf({ name, selector, kind, by, unit }: Entry): SeriesDescriptor[] {
  const { text } = selector;
  const gauge = { family: 'gauge' as const };
  if (kind === 'gauge') {
    const promql = `${by === 'mean' ? 'avg' : by}(${text})`;
    return [{ ...gauge, name, unit, promql, summary: `${by} of ${text}` }];
  }
  const rate = unit === 's' ? '1' : `${unit}/s`;
  return [
    {
      ...gauge,
      name,
      unit: rate,
      promql: `sum(rate(${text}[${USUAL_RANGE}]))`,
      summary: `per second, from one look to the next: ${text}`,
    },
    {
      ...gauge,
      name: totalName(name),
      total: true,
      unit,
      promql: `sum(${text})`,
      summary: `what ${text} has come to; restarts take nothing away, but what a process counted between the last look and its end is not seen`,
    },
  ];
}

async function start(context: SignalContext, config: MetricsConfig): Promise<Result<RunningSignal>> {
  const source = sourceOf(config, context);
  if (!source.ok) return source;
  const recorder = new Recorder(context.sink, entriesOf(config));
  const started = await startPolling(context, {
    every_s: everyOf(config),
    needed: recorder.needed,
    patience_s: PATIENCE_S,
    poll: async (deadline_ms, signal) => {
      const scrape = await source.value.scrape(deadline_ms, signal);
      return scrape.ok ? recorder.take(scrape.value) : scrape;
    },
    lost: (since) => recorder.lost(since),
  });
  return started.ok ? started : fail(notRead(context.name, config, started.problem));
}

const notRead = (name: string, config: MetricsConfig, cause: string): Problem => ({
  code: 'signal-failed',
  message: `The metrics of ${name} could not be read ${config.url === undefined ? 'through the Kubernetes API' : `at ${new URL(config.url).host}`}.`,
  fix: `Check that each answer comes within ${everyOf(config)} s, or write a longer \`every\`.`,
  cause,
});
