import type { Store } from '../../api/store.ts';
import { alter, hasEnded, isTerminating, keyOf, ownedBy, read, readAll } from '../access.ts';
import { createReporter, type Report } from '../events.ts';
import type { Deployment, Pod, ReplicaSet } from '../shapes.ts';
import { type Controller, loopKey, ownerKeys, runLoop } from './controller.ts';
import { statusOf } from './progress.ts';
import {
  createRevision,
  findRevisions,
  forgetOld,
  markRevision,
  type Revisions,
  revisionOf,
} from './revisions.ts';
import { type Bounds, boundsOf, growNew, type Share, shrinkOld } from './rollout.ts';

interface Look extends Revisions {
  store: Store;
  report: Report;
  deployment: Deployment;
}

/** Rolls Deployments out: one ReplicaSet for each pod template, grown and shrunk within maxSurge and maxUnavailable. */
export function startDeployments(store: Store): Controller {
  const report = createReporter(store, 'deployment-controller');
  return runLoop(store, {
    concerns(change) {
      if (change.key.resource === 'deployments') return [loopKey(change.object)];
      return change.key.resource === 'replicasets'
        ? ownerKeys(change, 'Deployment')
        : podOwners(store, change.object);
    },
    initially: () => readAll(store, 'deployments').map(loopKey),
    reconcile(namespace, name, again) {
      const deployment = read<Deployment>(store, { resource: 'deployments', namespace, name });
      if (deployment === undefined) return;
      const look = { store, report, deployment, ...findRevisions(store, deployment) };
      if (!isTerminating(deployment)) progress(look);
      writeStatus(look, again);
    },
  });
}

/** Only Recreate waits for pods themselves: the last old one may have gone. */
function podOwners(
  store: Store,
  pod: Deployment | { kind: string; metadata: Deployment['metadata'] },
): string[] {
  if (pod.kind !== 'Pod') return [];
  const recreating = readAll<Deployment>(store, 'deployments', pod.metadata.namespace);
  return recreating.filter((one) => one.spec.strategy?.type === 'Recreate').map(loopKey);
}

function progress(look: Look): void {
  const { store, deployment, old } = look;
  const bounds = boundsOf(deployment.spec);
  if (deployment.spec.paused === true) {
    const only = look.current ?? old.findLast((set) => (set.spec.replicas ?? 0) > 0);
    if (only !== undefined) scale(look, only, bounds.replicas);
    return;
  }
  if (deployment.spec.strategy?.type === 'Recreate' && recreate(look)) return;
  const current = ensureCurrent(look);
  if (current === undefined) return;
  if (!grow({ ...look, current }, bounds)) shrink({ ...look, current }, bounds);
  forgetOld(store, deployment, old);
}

/** Ends all old pods first; true while some are left. */
function recreate(look: Look): boolean {
  for (const set of look.old) scale(look, set, 0);
  const uids = new Set(look.old.map((set) => set.metadata.uid));
  const pods = readAll<Pod>(look.store, 'pods', look.deployment.metadata.namespace);
  return pods.some((pod) => !hasEnded(pod) && [...uids].some((uid) => ownedBy(pod, uid)));
}

function ensureCurrent(look: Look): ReplicaSet | undefined {
  const { store, deployment, old } = look;
  const newest = Math.max(0, ...old.map(revisionOf));
  const current = look.current ?? createRevision(store, deployment, newest + 1);
  if (current === undefined) return undefined;
  const revision = Math.max(newest + 1, revisionOf(current));
  markRevision(store, deployment, { current, revision });
  return current;
}

/** True if the new ReplicaSet was changed: then the old ones wait for the next look. */
function grow(look: Look & { current: ReplicaSet }, bounds: Bounds): boolean {
  const shares = [look.current, ...look.old].map(shareOf);
  const total = shares.reduce((sum, one) => sum + one.replicas, 0);
  return scale(look, look.current, growNew(bounds, shareOf(look.current), total));
}

function shrink(look: Look & { current: ReplicaSet }, bounds: Bounds): void {
  const old = look.old.filter((set) => (set.spec.replicas ?? 0) > 0);
  if (old.length === 0) return;
  const wanted = shrinkOld(bounds, shareOf(look.current), old.map(shareOf));
  for (const set of old) scale(look, set, wanted.get(set.metadata.name) ?? 0);
}

const shareOf = (set: ReplicaSet): Share => ({
  name: set.metadata.name,
  replicas: set.spec.replicas ?? 0,
  available: set.status?.availableReplicas ?? 0,
});

function scale({ store, report, deployment }: Look, set: ReplicaSet, to: number): boolean {
  const from = set.spec.replicas ?? 0;
  if (from === to) return false;
  alter<ReplicaSet>(store, { key: keyOf('replicasets', set), uid: set.metadata.uid }, (one) => {
    const bounds = boundsOf(deployment.spec);
    one.spec.replicas = to;
    one.metadata.annotations = {
      ...one.metadata.annotations,
      'deployment.kubernetes.io/desired-replicas': String(bounds.replicas),
      'deployment.kubernetes.io/max-replicas': String(bounds.replicas + bounds.maxSurge),
    };
  });
  const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${set.metadata.name} from ${from} to ${to}`;
  report({ about: deployment, reason: 'ScalingReplicaSet', message });
  return true;
}

function writeStatus({ store, deployment }: Look, again: (ms: number) => void): void {
  const now = findRevisions(store, deployment);
  const { status, lookAgainIn } = statusOf(deployment, now);
  if (lookAgainIn !== undefined) again(lookAgainIn);
  alter<Deployment>(store, { key: keyOf('deployments', deployment), uid: deployment.metadata.uid }, (one) => {
    one.status = status;
  });
}
