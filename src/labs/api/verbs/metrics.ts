import { ok } from '../../../model/result.ts';
import { cpuQuantity, memoryQuantity } from '../../../reach/kubernetes/quantity.ts';
import type { Answer, Call, Cluster } from '../http/call.ts';
import { present, presentList } from '../http/form.ts';
import type { KubeObject, ObjectMeta } from '../objects.ts';
import { selectionOf } from '../select/selection.ts';
import { notFound, type Outcome, refuse } from '../status.ts';
import type { Usage, UsageSource } from '../usage.ts';
import { type Fields, timestamp } from '../values.ts';

/** GET of metrics.k8s.io: what pods and nodes used over the last window, as metrics-server answers it. */
export function metrics(cluster: Cluster, call: Call): Outcome<Answer> {
  const { resource, name, namespace } = call;
  if (cluster.usage === undefined) return unavailable(name === undefined ? 'list' : 'get', resource.plural);
  const selection = selectionOf(resource, call.query, name);
  if (!selection.ok) return selection;
  const all =
    resource.plural === 'pods' ? podMetrics(cluster, cluster.usage) : nodeMetrics(cluster, cluster.usage);
  const inside = all.filter((one) => namespace === undefined || one.metadata.namespace === namespace);
  const items = inside.filter(selection.value.matches);
  if (name === undefined)
    return ok({ code: 200, body: presentList(resource, { metadata: {}, items }, call) });
  const [found] = items;
  if (found !== undefined) return ok({ code: 200, body: present(resource, found, call) });
  // metrics-server names the kind, not the resource.
  const named = { ...resource, plural: resource.kind.toLowerCase() };
  return notFound(named, namespace === undefined ? name : `${namespace}/${name}`);
}

const unavailable = (verb: string, plural: string) =>
  refuse(503, `the server is currently unable to handle the request (${verb} ${plural}.metrics.k8s.io)`);

function podMetrics({ store }: Cluster, usage: UsageSource): KubeObject[] {
  return usage.pods().flatMap(({ namespace, pod: name, containers, ...window }) => {
    const pod = store.get({ resource: 'pods', namespace, name });
    if (pod === undefined) return [];
    const used = containers.map((one) => ({ name: one.name, usage: quantities(one.usage) }));
    return [{ kind: 'PodMetrics', ...head(pod, window), containers: used }];
  });
}

function nodeMetrics({ store }: Cluster, usage: UsageSource): KubeObject[] {
  return usage.nodes().flatMap(({ node: name, usage: used, ...window }) => {
    const node = store.get({ resource: 'nodes', namespace: '', name });
    return node === undefined
      ? []
      : [{ kind: 'NodeMetrics', ...head(node, window), usage: quantities(used) }];
  });
}

const quantities = ({ cores, memoryBytes }: Usage): Fields => ({
  cpu: cpuQuantity(cores),
  memory: memoryQuantity(memoryBytes),
});

/** What both kinds have; `of` is the pod or node that was measured. */
function head(of: KubeObject, { at, windowMs }: { at: number; windowMs: number }) {
  const { name, namespace, labels } = of.metadata;
  const time = timestamp(new Date(at));
  return {
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      creationTimestamp: time,
    } as ObjectMeta,
    timestamp: time,
    window: goDuration(windowMs),
  };
}

/** A duration as Go writes it, to the microsecond: `1.002003s`, `998.5ms`. */
const goDuration = (ms: number): string =>
  ms >= 1000 ? `${Number((ms / 1000).toFixed(6))}s` : `${Number(ms.toFixed(3))}ms`;
