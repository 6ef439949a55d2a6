import { setCondition } from '../access.ts';
import type { Condition, ContainerStatus, Pod, PodPhase, PodStatus } from '../shapes.ts';

/** A pod's phase as its containers make it. */
function phaseOf(pod: Pod, containers: readonly ContainerStatus[], over: boolean): PodPhase {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const ended = containers.every((one) => one.state.terminated !== undefined);
  const failed = containers.some((one) => (one.state.terminated?.exitCode ?? 0) !== 0);
  if (ended && (over || policy === 'Never' || (policy === 'OnFailure' && !failed)))
    return failed ? 'Failed' : 'Succeeded';
  const begun = (one: ContainerStatus) =>
    one.state.waiting === undefined || one.lastState.terminated !== undefined;
  return containers.every(begun) ? 'Running' : 'Pending';
}

/** The status that the kubelet writes; `over` once the pod has been told to end and has. */
export function statusOf(
  pod: Pod,
  of: { containers: ContainerStatus[]; ip?: string; over: boolean },
): PodStatus {
  const phase = phaseOf(pod, of.containers, of.over);
  let conditions = setCondition(pod.status?.conditions ?? [], { type: 'PodScheduled', status: 'True' });
  conditions = setCondition(conditions, { type: 'Initialized', status: 'True' });
  for (const type of ['ContainersReady', 'Ready'])
    conditions = setCondition(conditions, readiness(type, phase, of.containers));
  return {
    ...pod.status,
    phase,
    conditions,
    containerStatuses: of.containers,
    ...(of.ip === undefined ? {} : { podIP: of.ip, podIPs: [{ ip: of.ip }] }),
  };
}

function readiness(type: string, phase: PodPhase, containers: readonly ContainerStatus[]): Condition {
  const unready = containers.filter((one) => !one.ready).map((one) => one.name);
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  if (unready.length === 0) return { type, status: 'True' };
  const message = `containers with unready status: [${unready.join(' ')}]`;
  return { type, status: 'False', reason: 'ContainersNotReady', message };
}
