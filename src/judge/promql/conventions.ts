import { matchers } from '../alerts/promql.ts';
import { type Asked, type PodLabels, type QueryContext, USUAL_RANGE } from './equivalent.ts';

type Labels = Record<string, string | undefined>;

/** The pods of a signal: those that the run knows, else all whose name begins with the signal's. */
export const podsOf = (signal: string, { pods }: QueryContext): PodLabels =>
  pods?.(signal) ?? { pattern: `${signal}-.+` };

/** The labels by which they are selected. */
export function podLabels(signal: string, query: QueryContext): Labels {
  const { namespace, pattern } = podsOf(signal, query);
  return { namespace, 'pod~': pattern };
}

type Expressions = Readonly<Record<string, (labels: Labels) => string>>;

/** As kube-state-metrics exports them. */
const pods: Expressions = {
  ready: (labels) => `sum(kube_pod_status_ready${matchers({ ...labels, condition: 'true' })})`,
  running: (labels) => `sum(kube_pod_status_phase${matchers({ ...labels, phase: 'Running' })})`,
  pending: (labels) => `sum(kube_pod_status_phase${matchers({ ...labels, phase: 'Pending' })})`,
  terminating: (labels) => `count(kube_pod_deletion_timestamp${matchers(labels)})`,
};

/** Containers by their own names: the sums of a pod, which the kubelet exports beside them, have none. */
const cpu = (labels: Labels): string =>
  `rate(container_cpu_usage_seconds_total${matchers({ ...labels, 'container~': '.+' })}[${USUAL_RANGE}])`;
const memory = (labels: Labels): string =>
  `container_memory_working_set_bytes${matchers({ ...labels, 'container~': '.+' })}`;
const limit = (labels: Labels, resource: string): string =>
  `kube_pod_container_resource_limits${matchers({ ...labels, resource })}`;
const each = 'sum by (pod, container)';

/** As the kubelet exports them; limits from kube-state-metrics. */
const usage: Expressions = {
  pods: (labels) => `count(sum by (pod) (${memory(labels)}))`,
  cpu_m: (labels) => `1000 * sum(${cpu(labels)})`,
  cpu_mean_m: (labels) => `1000 * avg(sum by (pod) (${cpu(labels)}))`,
  cpu_max_m: (labels) => `1000 * max(sum by (pod) (${cpu(labels)}))`,
  memory_mb: (labels) => `sum(${memory(labels)}) / 1e6`,
  memory_mean_mb: (labels) => `avg(sum by (pod) (${memory(labels)})) / 1e6`,
  memory_max_mb: (labels) => `max(sum by (pod) (${memory(labels)})) / 1e6`,
  cpu_limit_percent: (labels) => `100 * max(${each} (${cpu(labels)}) / ${each} (${limit(labels, 'cpu')}))`,
  memory_limit_percent: (labels) =>
    `100 * max(${each} (${memory(labels)}) / ${each} (${limit(labels, 'memory')}))`,
};

/** As the client libraries export them of their own process. */
const process: Expressions = {
  cpu_percent: (labels) => `100 * sum(rate(process_cpu_seconds_total${matchers(labels)}[${USUAL_RANGE}]))`,
  memory_mb: (labels) => `sum(process_resident_memory_bytes${matchers(labels)}) / 1e6`,
  count: (labels) => `sum(up${matchers(labels)})`,
  running: (labels) => `sum(up${matchers(labels)}) > bool 0`,
};

/** What a series' value usually is in PromQL: its own `promql`, or by the kind of its signal; undefined if neither. */
export function expressionOf({ signal, series, query }: Omit<Asked, 'ref'>): string | undefined {
  if (series.promql !== undefined) return series.promql;
  switch (signal.kind) {
    case 'kubernetes.pods':
      return pods[series.name]?.(podLabels(signal.name, query));
    case 'kubernetes.usage':
      return usage[series.name]?.(podLabels(signal.name, query));
    case 'process':
      return process[series.name]?.({ job: query.job ?? signal.name });
    default:
      return undefined;
  }
}
