import { kubernetesGround } from '../faults/kubernetes/ground.ts';
import type { Reached } from '../guard/heal.ts';
import type { World } from '../model/contracts/world.ts';
import type { KubernetesUse } from '../model/experiment.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { connectKubernetes } from '../reach/kubernetes/connect.ts';

/** A system reached: the world as its faults and signals see it, and in words where it is. */
export interface Connected extends Reached {
  where: string;
}

/** Connects to a cluster; a Problem says why it cannot be reached. */
export async function connect(use: KubernetesUse): Promise<Result<Connected>> {
  const api = await connectKubernetes(use);
  if (!api.ok) return api;
  const { context, server, namespace } = api.value.about;
  return ok({
    world: { kubernetes: () => ok(api.value) },
    ground: kubernetesGround,
    where: `cluster ${context} (${server}), namespace ${namespace}`,
  });
}

/** The world of a system file that names no cluster: loads and probes only. */
export const nowhere: World = { kubernetes: () => fail(noCluster) };

const noCluster: Problem = {
  code: 'field-wrong',
  message: 'the system file names no cluster, and this needs one',
  fix: 'Add `kubernetes: { context: …, namespace: … }` (or `lab: poll-app`) to the system file.',
};
