import type { KubeObject } from '../objects.ts';
import { dig, type Fields, fieldsOf, listOf, numberOf, textOf } from '../values.ts';
import { age } from './age.ts';
import { AGE, type Cell, type Layout, NAME, short, wide } from './column.ts';

/** Pods as `kubectl get pods` shows them; STATUS is worked out as the real API does (printPod). */
export const PODS: Layout = {
  columns: [
    NAME,
    short('Ready'),
    short('Status'),
    short('Restarts'),
    AGE,
    wide('IP'),
    wide('Node'),
    wide('Nominated Node'),
    wide('Readiness Gates'),
  ],
  cells,
};

function cells(pod: KubeObject): Cell[] {
  const statuses = listOf(dig(pod, 'status', 'containerStatuses')).map(fieldsOf);
  const ready = statuses.filter((one) => one['ready'] === true && one['state'] && running(one)).length;
  return [
    pod.metadata.name,
    `${ready}/${listOf(dig(pod, 'spec', 'containers')).length}`,
    statusOf(pod),
    restarts(statuses),
    age(pod.metadata.creationTimestamp),
    textOf(dig(pod, 'status', 'podIP')) || '<none>',
    textOf(dig(pod, 'spec', 'nodeName')) || '<none>',
    textOf(dig(pod, 'status', 'nominatedNodeName')) || '<none>',
    gates(pod),
  ];
}

const running = (container: Fields): boolean => dig(container, 'state', 'running') !== undefined;

/** The word under STATUS: the phase, unless a container, the pod's reason or its deletion says more. */
export function statusOf(pod: KubeObject): string {
  const status = fieldsOf(pod['status']);
  const statuses = listOf(status['containerStatuses']).map(fieldsOf);
  let reason = textOf(status['reason']) || textOf(status['phase']) || 'Unknown';
  if (conditionReason(status, 'PodScheduled') === 'SchedulingGated') reason = 'SchedulingGated';
  const starting = initReason(pod);
  if (starting !== undefined) reason = starting;
  else reason = containersReason(statuses, reason, status);
  if (pod.metadata.deletionTimestamp === undefined) return reason;
  if (status['reason'] === 'NodeLost') return 'Unknown';
  return ['Succeeded', 'Failed'].includes(textOf(status['phase'])) ? reason : 'Terminating';
}

function containersReason(statuses: Fields[], otherwise: string, status: Fields): string {
  let [reason, someRun] = [otherwise, false];
  for (const one of statuses.toReversed()) {
    const found = stateReason(one);
    if (found !== undefined) reason = found;
    else if (one['ready'] === true && running(one)) someRun = true;
  }
  if (reason !== 'Completed' || !someRun) return reason;
  return condition(status, 'Ready')?.['status'] === 'True' ? 'Running' : 'NotReady';
}

function stateReason(container: Fields): string | undefined {
  const waiting = textOf(dig(container, 'state', 'waiting', 'reason'));
  if (waiting !== '') return waiting;
  return terminatedReason(container);
}

function terminatedReason(container: Fields): string | undefined {
  const ended = dig(container, 'state', 'terminated');
  if (ended === undefined) return undefined;
  const reason = textOf(dig(ended, 'reason'));
  if (reason !== '') return reason;
  const signal = numberOf(dig(ended, 'signal'));
  return signal === 0 ? `ExitCode:${numberOf(dig(ended, 'exitCode'))}` : `Signal:${signal}`;
}

/** `Init:…` while init containers are at work. */
function initReason(pod: KubeObject): string | undefined {
  const all = listOf(dig(pod, 'spec', 'initContainers')).length;
  const statuses = listOf(dig(pod, 'status', 'initContainerStatuses')).map(fieldsOf);
  for (const [index, one] of statuses.entries()) {
    const ended = dig(one, 'state', 'terminated');
    if (ended !== undefined && numberOf(dig(ended, 'exitCode')) === 0) continue;
    if (ended !== undefined) return `Init:${terminatedReason(one)}`;
    const waiting = textOf(dig(one, 'state', 'waiting', 'reason'));
    return waiting !== '' && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${all}`;
  }
  return undefined;
}

function restarts(statuses: Fields[]): string {
  const count = statuses.reduce((sum, one) => sum + numberOf(one['restartCount']), 0);
  const times = statuses
    .map((one) => textOf(dig(one, 'lastState', 'terminated', 'finishedAt')))
    .filter((one) => one !== '')
    .sort();
  const last = times.at(-1);
  return count === 0 || last === undefined ? String(count) : `${count} (${age(last)} ago)`;
}

function gates(pod: KubeObject): string {
  const wanted = listOf(dig(pod, 'spec', 'readinessGates'));
  if (wanted.length === 0) return '<none>';
  const status = fieldsOf(pod['status']);
  const passed = wanted.filter((gate) => {
    return condition(status, textOf(dig(gate, 'conditionType')))?.['status'] === 'True';
  });
  return `${passed.length}/${wanted.length}`;
}

/** The condition of that type in a status. */
export function condition(status: unknown, type: string): Fields | undefined {
  return listOf(dig(status, 'conditions'))
    .map(fieldsOf)
    .find((one) => one['type'] === type);
}

const conditionReason = (status: unknown, type: string): string =>
  textOf(condition(status, type)?.['reason']);
