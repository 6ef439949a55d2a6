import type { Store } from '../../api/store.ts';
import {
  alter,
  controllerOf,
  isTerminating,
  keyOf,
  newMetadata,
  ownedBy,
  ownerReference,
  readAll,
} from '../access.ts';
import { selects, templateHash } from '../labels.ts';
import type { Deployment, PodTemplate, ReplicaSet } from '../shapes.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'pod-template-hash';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The ReplicaSets of a Deployment. */
export interface Revisions {
  /** The one with the Deployment's template, if it has been made. */
  current: ReplicaSet | undefined;
  /** All others, oldest first. */
  old: ReplicaSet[];
}

/** Finds a Deployment's ReplicaSets; adopts orphans that its selector chooses. */
export function findRevisions(store: Store, deployment: Deployment): Revisions {
  const all = readAll<ReplicaSet>(store, 'replicasets', deployment.metadata.namespace);
  const mine = all.filter((set) => ownedBy(set, deployment.metadata.uid) || adopt(store, deployment, set));
  mine.sort((a, b) => revisionOf(a) - revisionOf(b));
  const wanted = templateHash(deployment.spec.template);
  const current = mine.find((set) => templateHash(withoutHash(set.spec.template)) === wanted);
  return { current, old: mine.filter((set) => set !== current) };
}

export const revisionOf = (set: ReplicaSet): number => Number(set.metadata.annotations?.[REVISION] ?? 0);

function adopt(store: Store, deployment: Deployment, set: ReplicaSet): boolean {
  if (controllerOf(set) !== undefined || isTerminating(set)) return false;
  if (!selects(deployment.spec.selector, set.spec.template.metadata?.labels)) return false;
  const adopted = alter<ReplicaSet>(store, { key: keyOf('replicasets', set) }, (one) => {
    one.metadata.ownerReferences = [ownerReference(deployment)];
  });
  return adopted !== undefined;
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [HASH]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** Makes the ReplicaSet of a Deployment's template, with no pods yet. */
export function createRevision(
  store: Store,
  deployment: Deployment,
  revision: number,
): ReplicaSet | undefined {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template);
  const labels = { ...template.metadata?.labels, [HASH]: hash };
  const set: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...newMetadata(`${deployment.metadata.name}-${hash}`, deployment.metadata.namespace),
      labels,
      annotations: { ...inherited(deployment), [REVISION]: String(revision) },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
  const created = store.create(keyOf('replicasets', set), set);
  return created.ok ? (created.object as ReplicaSet) : undefined;
}

function inherited({ metadata }: Deployment): Record<string, string> {
  const { [LAST_APPLIED]: _, [REVISION]: __, ...rest } = metadata.annotations ?? {};
  return rest;
}

/** Gives the current ReplicaSet the newest number (a rollback brings back an old one), and the Deployment too. */
export function markRevision(
  store: Store,
  deployment: Deployment,
  of: { current: ReplicaSet; revision: number },
): void {
  const text = String(of.revision);
  alter<ReplicaSet>(store, { key: keyOf('replicasets', of.current), uid: of.current.metadata.uid }, (one) => {
    one.metadata.annotations = { ...one.metadata.annotations, [REVISION]: text };
  });
  alter<Deployment>(store, { key: keyOf('deployments', deployment), uid: deployment.metadata.uid }, (one) => {
    one.metadata.annotations = { ...one.metadata.annotations, [REVISION]: text };
  });
}

/** Removes the oldest ReplicaSets without pods beyond the history limit. */
export function forgetOld(store: Store, deployment: Deployment, old: readonly ReplicaSet[]): void {
  const idle = old.filter((set) => (set.spec.replicas ?? 0) === 0 && (set.status?.replicas ?? 0) === 0);
  const limit = deployment.spec.revisionHistoryLimit ?? 10;
  for (const set of idle.slice(0, Math.max(0, idle.length - limit))) store.remove(keyOf('replicasets', set));
}
