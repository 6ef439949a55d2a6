import { seriesKey } from '../../model/samples.ts';
import type { SeriesDescriptor, SignalDescriptor } from '../../model/series.ts';
import type { Nanos, Span } from '../../model/time.ts';
import { seenIn } from '../findings/buckets.ts';
import type { MeasureContext } from '../measure.ts';
import { numberText } from '../words.ts';
import { type Candidate, isBlind } from './candidate.ts';
import { alertName, increase, matchers, promDuration } from './promql.ts';
import { gaugeAt } from './scraped.ts';

const source = 'kube-state-metrics';

/** Rules over the pods of one signal: fewer ready than before, and containers that restart. */
export function podCandidates(signal: SignalDescriptor, context: MeasureContext): Candidate[] {
  if (signal.kind !== 'kubernetes.pods') return [];
  const pods = namesOf(signal, context);
  const series = (name: string): SeriesDescriptor[] => signal.series.filter((one) => one.name === name);
  return [
    ...series('ready').map((ready) => notReady({ signal, series: ready, pods }, context)),
    ...series('transitions').map((events) => restarts({ signal, series: events, pods }, context)),
  ];
}

interface PodNames {
  /** The deployment that all of their names are made from, where there is one. */
  deployment?: string;
  /** A pattern of their names. */
  pattern: string;
  /** What to call them. */
  words: string;
  namespace?: string;
}

/** Pods of a deployment are called `NAME-HASH-5LETTERS`. */
const ofDeployment = /^(.+)-[a-z0-9]{6,10}-[a-z0-9]{5}$/;

/** What the pods of a signal are called, from what was seen of them. */
function namesOf(
  signal: SignalDescriptor,
  { samples, windows, timeline }: Pick<MeasureContext, 'samples' | 'windows' | 'timeline'>,
): PodNames {
  const events = samples.events(seriesKey(signal.name, 'transitions'), windows.run);
  const names = new Set(events.map(({ subject }) => subject.replace(/^pod\//, '')));
  const owners = new Set([...names].map((name) => ofDeployment.exec(name)?.[1]));
  const spaces = new Set(timeline.injections.map(({ injection }) => injection.target.namespace));
  const [owner] = owners;
  const [namespace] = spaces;
  const at = spaces.size === 1 && namespace !== undefined ? { namespace } : {};
  if (owners.size !== 1 || owner === undefined)
    return { pattern: `${signal.name}-.+`, words: signal.name, ...at };
  return { deployment: owner, pattern: `${owner}-.+`, words: owner, ...at };
}

/**
 * What the pods of a signal are called; of one that only asks for their usage, where pods are watched by one signal, what
 * those are called.
 */
export function podsFor(name: string, context: MeasureContext): PodNames {
  const own = context.signals.find((signal) => signal.name === name);
  const watched = context.signals.filter(({ kind }) => kind === 'kubernetes.pods');
  const [only] = watched;
  const signal = own?.kind !== 'kubernetes.pods' && watched.length === 1 ? only : own;
  return signal === undefined ? { pattern: `${name}-.+`, words: name } : namesOf(signal, context);
}

interface Watched {
  signal: SignalDescriptor;
  series: SeriesDescriptor;
  pods: PodNames;
}

function notReady(watched: Watched, context: MeasureContext): Candidate {
  const { signal, pods } = watched;
  const { namespace, deployment } = pods;
  const count =
    deployment === undefined
      ? `sum(kube_pod_status_ready${matchers({ namespace, 'pod~': pods.pattern, condition: 'true' })})`
      : `kube_deployment_status_replicas_ready${matchers({ namespace, deployment })}`;
  return {
    alert: `${alertName(signal.name)}NotReady`,
    kind: 'cause',
    fires: 'below',
    ranged: false,
    expr: (threshold) => `${count} < ${threshold}`,
    summary: `Only {{ $value }} pods of ${pods.words} are ready`,
    say: (value) => `${numberText(value)} ready`,
    source: `${source}; the threshold is a number, because what is wanted changes too when somebody scales down by mistake`,
    threshold: (lowest, level) => (level < lowest ? lowest : undefined),
    scrape: gaugeAt(
      { ...watched, samples: context.samples, jumps: context.timeline.jumps },
      context.windows.run,
    ),
  };
}

function restarts(watched: Watched, context: MeasureContext): Candidate {
  const { signal, series, pods } = watched;
  const { samples, windows, timeline } = context;
  const gaps: readonly Span[] = seenIn({ samples, signal, series, jumps: timeline.jumps }, windows.run).gaps;
  const seen = samples
    .events(seriesKey(signal.name, series.name), windows.run)
    .filter(({ type }) => type === 'restarted')
    .map(({ t }) => t);
  const metric = `kube_pod_container_status_restarts_total${matchers({ namespace: pods.namespace, 'pod~': pods.pattern })}`;
  return {
    alert: `${alertName(signal.name)}Restarting`,
    kind: 'cause',
    fires: 'above',
    ranged: true,
    expr: (threshold, range_s) => `sum(increase(${metric}[${promDuration(range_s)}])) > ${threshold}`,
    summary: `Containers of ${pods.words} restart`,
    say: (value) => `${numberText(Number(value.toPrecision(2)))} restarts`,
    source,
    threshold: (worst, level) => (worst === 0 && level > 0 ? 0 : undefined),
    scrape: (times: readonly Nanos[]) => {
      const counts = Float64Array.from(times, (t) => seen.filter((one) => one <= t).length);
      return (range) => {
        const [from, to] = [times[range.first] ?? range.at, times[range.last] ?? range.at];
        return isBlind(gaps, from, to) ? 'unknown' : (increase(counts, range) ?? 'none');
      };
    },
  };
}
