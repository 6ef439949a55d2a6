import type { MeasureRef } from '../../model/measure.ts';
import type { DerivedDescriptor, SignalDescriptor } from '../../model/series.ts';
import { matchers } from '../alerts/promql.ts';
import { expressionOf } from './conventions.ts';
import {
  type Asked,
  type Equivalent,
  firstTime,
  isSelector,
  none,
  over,
  promql,
  type QueryContext,
  secondsOf,
  USUAL_RANGE,
} from './equivalent.ts';
import { gaugePromql } from './gauges.ts';
import { operationsPromql } from './operations.ts';
import { podDerived, podTransitions } from './pods.ts';

/**
 * A measure in PromQL, over metrics by their conventional names: `http_requests_total{job,status}`,
 * `http_request_duration_seconds_bucket`, those of kube-state-metrics (`kube_…`), of the kubelet (`container_…`) and of
 * the client libraries (`process_…`). A series' own `promql` comes first. Each query is meant for the moment at which
 * the window ends.
 */
export function promqlOf(
  ref: MeasureRef,
  { signals, query }: { signals: readonly SignalDescriptor[]; query: QueryContext },
): Equivalent {
  if (ref.signal === undefined) return ofRun(ref.measure);
  const signal = signals.find(({ name }) => name === ref.signal);
  if (signal === undefined) return none(`no signal ${ref.signal} was recorded`);
  const derived = signal.derived.find((one) => one.measure === ref.measure && one.series === ref.series);
  if (derived !== undefined && ref.window === undefined) return ofDerived({ ref, signal, query }, derived);
  const series = signal.series.find(({ name }) => name === ref.series);
  if (series === undefined) return none(`no series ${ref.text} was recorded`);
  const asked = { ref, signal, series, query };
  switch (series.family) {
    case 'operations':
      return operationsPromql(asked);
    case 'gauge':
      return gaugePromql(asked);
    case 'state':
      return statePromql(asked);
    case 'events':
      return eventsPromql(asked);
  }
}

const runReasons: Record<string, string> = {
  recovered_after_s: 'all of steady must hold from then on to the end, which no query knows in advance',
  undone_after_s: 'only our own journal knows what was undone',
  'monitoring.blind_s': 'a monitoring that is blind cannot count how long it is',
};

const ofRun = (measure: string): Equivalent =>
  none(runReasons[measure] ?? 'our own health, which the target knows nothing of');

function ofDerived(asked: Omit<Asked, 'series'>, derived: DerivedDescriptor): Equivalent {
  switch (derived.by) {
    case 'kubernetes-pods':
      return podDerived(asked);
    case 'http-ledger':
      return none('whether what was acknowledged is stored is only told by reading it back');
    case 'kubernetes-events':
      return noEvents;
    default:
      return none(`${derived.measure} is reckoned from the recording itself`);
  }
}

const noEvents = none('kube-state-metrics counts no events; that needs an exporter of them');

function statePromql(asked: Asked): Equivalent {
  const { ref, query } = asked;
  const expr = expressionOf(asked);
  if (expr === undefined)
    return none('a state is no number: an exporter shows one series a value, by a label of its own choice');
  switch (ref.measure) {
    case 'last':
      return promql(expr);
    case 'changes':
      return promql(`changes(${over(expr, query)})`);
    case 'without_value_s':
      return promql(secondsOf(`absent(${expr})`, query));
    case 'changed_after_s':
      return promql(
        firstTime(`changes(${over(expr, { range: USUAL_RANGE })}) > 0`, query),
        'to the nearest scrape',
      );
    default:
      return none('PromQL does not count the different values of a range');
  }
}

function eventsPromql(asked: Asked): Equivalent {
  const { ref, query } = asked;
  if (ref.measure === 'count') return countOf(asked, query);
  const soon = countOf(asked, { range: USUAL_RANGE, range_s: 60 });
  return soon.is === 'none' ? soon : promql(firstTime(`${soon.text} > 0`, query), 'to the nearest scrape');
}

function countOf(asked: Asked, of: Pick<QueryContext, 'range' | 'range_s'>): Equivalent {
  const { signal, series } = asked;
  if (series.promql !== undefined && isSelector(series.promql))
    return promql(`sum(increase(${series.promql}[${of.range}]))`);
  if (signal.kind === 'kubernetes.pods') return podTransitions(asked, of);
  if (signal.kind === 'kubernetes.events') return noEvents;
  if (signal.kind === 'metrics') return resetsOf(signal, of.range);
  if (signal.kind === 'process') return startsOf(asked, of.range);
  if (signal.kind === 'observer') return none('our own health, which the target knows nothing of');
  return none(`no metric is usual for the events of ${signal.kind}`);
}

/** Resets of a signal's counters, which its rates name. */
function resetsOf(signal: SignalDescriptor, range: string): Equivalent {
  const counters = signal.series.flatMap(
    ({ promql: expr = '' }) => /rate\((.+)\[\w+\]\)/.exec(expr)?.[1] ?? [],
  );
  const [first] = counters;
  if (first === undefined)
    return promql(`resets(process_cpu_seconds_total${matchers({ job: signal.name })}[${range}])`);
  return promql(
    `sum(resets(${first}[${range}]))`,
    counters.length > 1 ? 'of one counter; ask for each' : undefined,
  );
}

const startsOf = ({ ref, signal, query }: Asked, range: string): Equivalent =>
  ref.key === 'started'
    ? promql(
        `sum(changes(process_start_time_seconds${matchers({ job: query.job ?? signal.name })}[${range}]))`,
      )
    : none('a process that has ended exports nothing any more');
