import { fillDefaults } from '../../api/kinds/defaults.ts';
import { newPodStatus } from '../../api/kinds/pods.ts';
import type { Change, Store } from '../../api/store.ts';
import {
  alter,
  controllerOf,
  deletePod,
  hasEnded,
  isReady,
  isTerminating,
  keyOf,
  newMetadata,
  ownedBy,
  ownerReference,
  read,
  readAll,
} from '../access.ts';
import { createReporter, type Report } from '../events.ts';
import { randomSuffix, selects } from '../labels.ts';
import type { Pod, ReplicaSet } from '../shapes.ts';
import { type Controller, loopKey, ownerKeys, runLoop } from './controller.ts';
import { inOrderOfRemoval } from './victims.ts';

/** Keeps as many pods as each ReplicaSet wants. A terminating pod no longer counts: its replacement comes at once. */
export function startReplicaSets(store: Store): Controller {
  const report = createReporter(store, 'replicaset-controller');
  return runLoop(store, {
    concerns: (change) => concerned(store, change),
    initially: () => readAll(store, 'replicasets').map(loopKey),
    reconcile(namespace, name, again) {
      const set = read<ReplicaSet>(store, { resource: 'replicasets', namespace, name });
      if (set === undefined) return;
      const pods = claimPods(store, set);
      if (!isTerminating(set)) manage(store, { set, pods, report });
      writeStatus(store, { set, pods: claimPods(store, set), again });
    },
  });
}

function concerned(store: Store, change: Change): string[] {
  const { resource, namespace } = change.key;
  if (resource === 'replicasets') return [loopKey(change.object)];
  if (resource !== 'pods') return [];
  const owners = ownerKeys(change, 'ReplicaSet');
  if (controllerOf(change.object) !== undefined) return owners;
  const adopters = readAll<ReplicaSet>(store, 'replicasets', namespace);
  const matching = adopters.filter((set) => selects(set.spec.selector, change.object.metadata.labels));
  return [...owners, ...matching.map(loopKey)];
}

/** The set's living pods. Lets go of those whose labels no longer match, and adopts orphans that do. */
function claimPods(store: Store, set: ReplicaSet): Pod[] {
  const living = readAll<Pod>(store, 'pods', set.metadata.namespace).filter(
    (pod) => !isTerminating(pod) && !hasEnded(pod),
  );
  return living.filter((pod) => {
    const matches = selects(set.spec.selector, pod.metadata.labels);
    if (ownedBy(pod, set.metadata.uid)) {
      if (!matches) setOwners(store, pod, []);
      return matches;
    }
    if (!matches || controllerOf(pod) !== undefined || isTerminating(set)) return false;
    setOwners(store, pod, [ownerReference(set)]);
    return true;
  });
}

function setOwners(store: Store, pod: Pod, owners: ReturnType<typeof ownerReference>[]): void {
  alter<Pod>(store, { key: keyOf('pods', pod), uid: pod.metadata.uid }, (one) => {
    one.metadata.ownerReferences = owners;
  });
}

function manage(store: Store, of: { set: ReplicaSet; pods: Pod[]; report: Report }): void {
  const { set, pods, report } = of;
  const missing = (set.spec.replicas ?? 1) - pods.length;
  for (let made = 0; made < missing; made++) {
    const pod = createPod(store, set);
    report({ about: set, reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}` });
  }
  if (missing >= 0) return;
  for (const pod of inOrderOfRemoval(pods).slice(0, -missing)) {
    deletePod(store, pod);
    report({ about: set, reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` });
  }
}

function createPod(store: Store, set: ReplicaSet): Pod {
  const { metadata, spec } = set.spec.template;
  const name = `${set.metadata.name}-${randomSuffix()}`;
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...newMetadata(name, set.metadata.namespace),
      generateName: `${set.metadata.name}-`,
      labels: { ...metadata?.labels },
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ownerReferences: [ownerReference(set)],
    },
    spec: structuredClone(spec),
  };
  fillDefaults('pods', pod);
  pod.status = newPodStatus(pod);
  const created = store.create(keyOf('pods', pod), pod);
  return created.ok ? (created.object as Pod) : createPod(store, set);
}

function writeStatus(store: Store, of: { set: ReplicaSet; pods: Pod[]; again: (ms: number) => void }): void {
  const { set, pods, again } = of;
  const ready = pods.filter(isReady);
  const waits = ready.map((pod) => untilAvailable(pod, set.spec.minReadySeconds ?? 0));
  const pending = waits.filter((ms) => ms > 0);
  if (pending.length > 0) again(Math.min(...pending));
  const template = set.spec.template.metadata?.labels ?? {};
  const labelled = pods.filter((pod) => selects({ matchLabels: template }, pod.metadata.labels));
  alter<ReplicaSet>(store, { key: keyOf('replicasets', set), uid: set.metadata.uid }, (one) => {
    one.status = {
      replicas: pods.length,
      ...(labelled.length > 0 ? { fullyLabeledReplicas: labelled.length } : {}),
      ...(ready.length > 0 ? { readyReplicas: ready.length } : {}),
      ...(waits.length > pending.length ? { availableReplicas: waits.length - pending.length } : {}),
      observedGeneration: set.metadata.generation ?? 1,
    };
  });
}

/** Milliseconds until a ready pod counts as available. */
function untilAvailable(pod: Pod, minReadySeconds: number): number {
  const since = pod.status?.conditions?.find((one) => one.type === 'Ready')?.lastTransitionTime;
  return minReadySeconds === 0 ? 0 : Date.parse(since ?? '') + minReadySeconds * 1000 - Date.now();
}
