import { matchers } from '../alerts/promql.ts';
import { podLabels, podsOf } from './conventions.ts';
import { type Asked, type Equivalent, none, promql, type QueryContext, secondsOf } from './equivalent.ts';

type Counted = (of: { labels: Record<string, string | undefined>; range: string; range_s: number }) => string;

/** How many transitions of a type there were in a range. */
const transitions: Record<string, Counted> = {
  present: ({ labels }) => `count(kube_pod_info${matchers(labels)})`,
  added: ({ labels, range_s }) => `count(kube_pod_created${matchers(labels)} > (time() - ${range_s}))`,
  phase: ({ labels, range }) => `sum(changes(kube_pod_status_phase${matchers(labels)}[${range}])) / 2`,
  ready: ({ labels, range }) => {
    const ready = `kube_pod_status_ready${matchers({ ...labels, condition: 'true' })}[${range}]`;
    return `sum(changes(${ready}) - resets(${ready}))`;
  },
  unready: ({ labels, range }) =>
    `sum(resets(kube_pod_status_ready${matchers({ ...labels, condition: 'true' })}[${range}]))`,
  restarted: ({ labels, range }) =>
    `sum(increase(kube_pod_container_status_restarts_total${matchers(labels)}[${range}]))`,
  deleting: ({ labels, range_s }) =>
    `count(kube_pod_deletion_timestamp${matchers(labels)} > (time() - ${range_s}))`,
  deleted: ({ labels, range }) =>
    `count(kube_pod_info${matchers(labels)} offset ${range} unless kube_pod_info${matchers(labels)})`,
};

const scraped = 'what began and ended between two scrapes is not there';

/** How many transitions of pods in PromQL, by what kube-state-metrics exports. */
export function podTransitions(asked: Asked, of: Pick<QueryContext, 'range' | 'range_s'>): Equivalent {
  const type = String(asked.ref.key);
  const count = transitions[type];
  if (count === undefined)
    return none(
      type === 'container'
        ? "a container's states are exported as they are at each scrape; a ContainerCreating of 100 ms is in none of them"
        : `no metric is usual for the transition ${type}`,
    );
  return promql(count({ labels: podLabels(asked.signal.name, asked.query), ...of }), scraped);
}

/** `replaced_after_s` and `all_gone_after_s`. */
export function podDerived(asked: Omit<Asked, 'series'>): Equivalent {
  if (asked.ref.measure !== 'replaced_after_s')
    return none(
      'metrics tell pods by name and forget those that are gone, so that none is known to be the last',
    );
  const pods = podsOf(asked.signal.name, asked.query);
  const deployment = pods.deployment ?? asked.signal.name;
  const of = matchers({ namespace: pods.namespace, deployment });
  const isShort = `kube_deployment_status_replicas_ready${of} < kube_deployment_spec_replicas${of}`;
  return promql(
    secondsOf(isShort, asked.query),
    'the seconds with fewer ready pods than wanted, not those until the last such one',
  );
}
