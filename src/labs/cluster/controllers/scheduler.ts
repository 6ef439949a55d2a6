import { quantityOf } from '../../../reach/kubernetes/quantity.ts';
import type { KubeObject } from '../../api/objects.ts';
import type { Store } from '../../api/store.ts';
import { alter, hasEnded, isTerminating, keyOf, NODE_NAME, read, readAll, setCondition } from '../access.ts';
import { createReporter } from '../events.ts';
import { MOST_PODS } from '../node.ts';
import type { Pod } from '../shapes.ts';
import { type Controller, loopKey, runLoop } from './controller.ts';

interface Node extends KubeObject {
  status?: { allocatable?: Record<string, string> };
  spec?: { unschedulable?: boolean };
}

const needsNode = (pod: Pod): boolean =>
  pod.spec.nodeName === undefined && !isTerminating(pod) && !hasEnded(pod);

/** Puts every new pod on the one node, unless that is cordoned, or has less left than the pod requests. */
export function startScheduler(store: Store): Controller {
  const report = createReporter(store, 'default-scheduler');
  const waiting = () => readAll<Pod>(store, 'pods').filter(needsNode).map(loopKey);
  return runLoop(store, {
    concerns(change) {
      const isPod = change.key.resource === 'pods';
      if (change.key.resource === 'nodes') return waiting();
      if (!isPod) return [];
      const pod = change.object as Pod;
      if (change.type === 'DELETED' || hasEnded(pod)) return waiting();
      return needsNode(pod) ? [loopKey(pod)] : [];
    },
    initially: waiting,
    reconcile(namespace, name) {
      const pod = read<Pod>(store, { resource: 'pods', namespace, name });
      if (pod === undefined || !needsNode(pod)) return;
      const node = read<Node>(store, { resource: 'nodes', namespace: '', name: NODE_NAME });
      const trouble = node === undefined ? 'no nodes available to schedule pods' : unfit(store, node, pod);
      place(store, pod, trouble);
      if (trouble === undefined) {
        const message = `Successfully assigned ${namespace}/${name} to ${NODE_NAME}`;
        report({ about: pod, reason: 'Scheduled', message });
      } else report({ about: pod, type: 'Warning', reason: 'FailedScheduling', message: trouble });
    },
  });
}

/** Why a pod cannot be put on the node, in the scheduler's words; undefined where it can. */
function unfit(store: Store, node: Node, pod: Pod): string | undefined {
  if (node.spec?.unschedulable === true)
    return refusal(['node(s) were unschedulable'], 'Preemption is not helpful for scheduling');
  const placed = readAll<Pod>(store, 'pods').filter(
    (one) => one.spec.nodeName !== undefined && !hasEnded(one),
  );
  const short = ['cpu', 'memory'].filter((resource) => {
    const wanted = requested(pod, resource);
    const taken = placed.reduce((sum, one) => sum + requested(one, resource), 0);
    const capacity = quantityOf(node.status?.allocatable?.[resource]) ?? Number.POSITIVE_INFINITY;
    return wanted > 0 && taken + wanted > capacity;
  });
  const why = [
    ...(placed.length >= MOST_PODS ? ['Too many pods'] : []),
    ...short.map((resource) => `Insufficient ${resource}`),
  ];
  return why.length === 0 ? undefined : refusal(why, 'No preemption victims found for incoming pod');
}

const requested = ({ spec }: Pod, resource: string): number =>
  spec.containers.reduce((sum, one) => sum + (quantityOf(one.resources?.requests?.[resource]) ?? 0), 0);

function refusal(why: string[], preemption: string): string {
  const none = '0/1 nodes are available';
  return `${none}: ${why.map((one) => `1 ${one}`).join(', ')}. preemption: ${none}: 1 ${preemption}.`;
}

function place(store: Store, pod: Pod, trouble: string | undefined): void {
  alter<Pod>(store, { key: keyOf('pods', pod), uid: pod.metadata.uid }, (one) => {
    if (trouble === undefined) one.spec.nodeName = NODE_NAME;
    const outcome =
      trouble === undefined
        ? { status: 'True' as const }
        : { status: 'False' as const, reason: 'Unschedulable', message: trouble };
    const conditions = setCondition(one.status?.conditions ?? [], { type: 'PodScheduled', ...outcome });
    one.status = { phase: 'Pending', ...one.status, conditions };
  });
}
