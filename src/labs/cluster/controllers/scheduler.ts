import type { KubeObject } from '../../api/objects.ts';
import type { Store } from '../../api/store.ts';
import { alter, hasEnded, isTerminating, keyOf, NODE_NAME, read, readAll, setCondition } from '../access.ts';
import { createReporter } from '../events.ts';
import { MOST_PODS } from '../node.ts';
import type { Pod } from '../shapes.ts';
import { type Controller, loopKey, runLoop } from './controller.ts';

interface Node extends KubeObject {
  spec?: { unschedulable?: boolean };
}

const needsNode = (pod: Pod): boolean =>
  pod.spec.nodeName === undefined && !isTerminating(pod) && !hasEnded(pod);

/** Puts every new pod on the one node, unless that is cordoned. */
export function startScheduler(store: Store): Controller {
  const report = createReporter(store, 'default-scheduler');
  const waiting = () => readAll<Pod>(store, 'pods').filter(needsNode).map(loopKey);
  return runLoop(store, {
    concerns(change) {
      const isPod = change.key.resource === 'pods';
      if (change.key.resource === 'nodes' || (isPod && change.type === 'DELETED')) return waiting();
      return isPod && needsNode(change.object as Pod) ? [loopKey(change.object)] : [];
    },
    initially: waiting,
    reconcile(namespace, name) {
      const pod = read<Pod>(store, { resource: 'pods', namespace, name });
      if (pod === undefined || !needsNode(pod)) return;
      const node = read<Node>(store, { resource: 'nodes', namespace: '', name: NODE_NAME });
      const refusal = node === undefined ? 'no nodes available to schedule pods' : unfit(store, node);
      place(store, pod, refusal);
      if (refusal === undefined) {
        const message = `Successfully assigned ${namespace}/${name} to ${NODE_NAME}`;
        report({ about: pod, reason: 'Scheduled', message });
      } else report({ about: pod, type: 'Warning', reason: 'FailedScheduling', message: refusal });
    },
  });
}

function unfit(store: Store, node: Node): string | undefined {
  if (node.spec?.unschedulable === true) return '0/1 nodes are available: 1 node(s) were unschedulable.';
  const placed = readAll<Pod>(store, 'pods').filter(
    (pod) => pod.spec.nodeName !== undefined && !hasEnded(pod),
  );
  return placed.length >= MOST_PODS ? '0/1 nodes are available: 1 Too many pods.' : undefined;
}

function place(store: Store, pod: Pod, refusal: string | undefined): void {
  alter<Pod>(store, { key: keyOf('pods', pod), uid: pod.metadata.uid }, (one) => {
    if (refusal === undefined) one.spec.nodeName = NODE_NAME;
    const outcome =
      refusal === undefined
        ? { status: 'True' as const }
        : { status: 'False' as const, reason: 'Unschedulable', message: refusal };
    const conditions = setCondition(one.status?.conditions ?? [], { type: 'PodScheduled', ...outcome });
    one.status = { phase: 'Pending', ...one.status, conditions };
  });
}
