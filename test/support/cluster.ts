import type { KubernetesApi } from '../../src/model/contracts/world.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { connectKubernetes } from '../../src/reach/kubernetes/connect.ts';
import type { TestLab } from './lab.ts';

const NAMESPACE = 'poll-app';

export async function clusterOf(lab: TestLab): Promise<KubernetesApi> {
  const api = await connectKubernetes({ kubeconfig: lab.kubeconfig, namespace: NAMESPACE });
  if (!api.ok) throw new Error(api.problem.message);
  return api.value;
}

async function get(api: KubernetesApi, path: string): Promise<JsonObject> {
  const got = await api.request({ method: 'GET', path }, AbortSignal.timeout(10_000));
  if (!got.ok) throw new Error(got.problem.text);
  return got.value;
}

interface DeploymentJson {
  metadata: { annotations?: Record<string, string>; labels?: Record<string, string> };
  spec: { replicas: number; template: JsonObject };
}

/** What an undo must bring back: everything people would look at, without versions and times. */
export async function stateOf(api: KubernetesApi): Promise<JsonObject> {
  const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/poll-backend`;
  const deployment = (await get(api, path)) as unknown as DeploymentJson;
  const ours = (record: Record<string, string> = {}): JsonObject =>
    Object.fromEntries(
      Object.entries(record).filter(([key]) => !key.startsWith('deployment.kubernetes.io/')),
    );
  return {
    annotations: ours(deployment.metadata.annotations),
    labels: ours(deployment.metadata.labels),
    replicas: deployment.spec.replicas,
    template: deployment.spec.template,
  };
}

/** Every object of ours that still bears a label or annotation of aftershock: deployments, replica sets, pods. */
export async function marksOf(api: KubernetesApi): Promise<string[]> {
  const kinds = ['apis/apps/v1', 'apis/apps/v1', 'api/v1'].map(
    (group, index) => `/${group}/namespaces/${NAMESPACE}/${['deployments', 'replicasets', 'pods'][index]}`,
  );
  const lists = await Promise.all(kinds.map((path) => get(api, path)));
  return lists
    .flatMap((list) => list['items'] as unknown as { metadata: { name: string } }[])
    .filter(({ metadata }) => JSON.stringify(metadata).includes('aftershock.dev/'))
    .map(({ metadata }) => metadata.name);
}

/** How many backends are ready and not terminating. */
export async function readyPods(api: KubernetesApi): Promise<number> {
  const list = await get(api, `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=app%3Dpoll-backend`);
  const pods = list['items'] as unknown as {
    metadata: { deletionTimestamp?: string };
    status: { conditions?: { type: string; status: string }[] };
  }[];
  return pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      pod.status.conditions?.some(
        (condition) => condition.type === 'Ready' && condition.status === 'True',
      ) === true,
  ).length;
}

/** Who holds the lock now; empty where nobody does. */
export async function lockHolder(api: KubernetesApi): Promise<string> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/aftershock`;
  const got = await api.request({ method: 'GET', path }, AbortSignal.timeout(10_000));
  if (!got.ok) return '';
  const spec = got.value['spec'] as { holderIdentity?: string } | undefined;
  return spec?.holderIdentity ?? '';
}
