import type { JsonObject } from '../../model/json.ts';
import {
  nameOf,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
  timeAt,
  uidOf,
  versionOf,
} from '../../reach/kubernetes/fields.ts';

/** What a pod says of itself, as far as its transitions go. Times are the API's, seconds since 1970. */
export interface PodView {
  uid: string;
  name: string;
  version: string;
  phase: string;
  reason?: string;
  message?: string;
  node?: string;
  ip?: string;
  ready: boolean;
  readySince?: number;
  createdAt?: number;
  /** When it was asked to go: deletionTimestamp is when its grace ends. */
  deletingSince?: number;
  grace_s?: number;
  containers: ContainerView[];
}

type ContainerState = 'waiting' | 'running' | 'terminated';

export interface ContainerView {
  name: string;
  init: boolean;
  id?: string;
  restarts: number;
  now: StateView;
  /** How it ended the last time. */
  last?: StateView;
}

export interface StateView {
  state: ContainerState;
  /** The container that is meant: of a terminated one, that one's. */
  id?: string;
  /** ContainerCreating, CrashLoopBackOff, Completed, OOMKilled … */
  reason?: string;
  message?: string;
  exitCode?: number;
  /** When this state began: startedAt, finishedAt. */
  at?: number;
}

/** Reads a pod as the API sent it. */
export function viewOf(pod: JsonObject): PodView {
  const ready = objectsAt(pod, 'status', 'conditions').find(({ type }) => type === 'Ready');
  const goesAt = timeAt(pod, 'metadata', 'deletionTimestamp');
  const grace = numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') ?? 0;
  return {
    uid: uidOf(pod),
    name: nameOf(pod),
    version: versionOf(pod),
    phase: textAt(pod, 'status', 'phase') ?? 'Unknown',
    ready: textAt(ready, 'status') === 'True',
    ...present('readySince', timeAt(ready, 'lastTransitionTime')),
    ...present('reason', textAt(pod, 'status', 'reason')),
    ...present('message', textAt(pod, 'status', 'message')),
    ...present('node', textAt(pod, 'spec', 'nodeName')),
    ...present('ip', textAt(pod, 'status', 'podIP')),
    ...present('createdAt', timeAt(pod, 'metadata', 'creationTimestamp')),
    ...(goesAt === undefined ? {} : { deletingSince: goesAt - grace, grace_s: grace }),
    containers: [
      ...objectsAt(pod, 'status', 'initContainerStatuses').map((status) => containerOf(status, true)),
      ...objectsAt(pod, 'status', 'containerStatuses').map((status) => containerOf(status, false)),
    ],
  };
}

function containerOf(status: JsonObject, init: boolean): ContainerView {
  const id = textAt(status, 'containerID') || undefined;
  const last = stateOf(objectAt(status, 'lastState'));
  return {
    name: textAt(status, 'name') ?? '',
    init,
    ...present('id', id),
    restarts: numberAt(status, 'restartCount') ?? 0,
    // The API's default where nothing is said.
    now: stateOf(objectAt(status, 'state'), id) ?? { state: 'waiting' },
    ...present('last', last),
  };
}

function stateOf(said: JsonObject | undefined, id?: string): StateView | undefined {
  for (const state of ['waiting', 'running', 'terminated'] as const) {
    const detail = objectAt(said, state);
    if (detail === undefined) continue;
    return {
      state,
      ...present('id', textAt(detail, 'containerID') ?? id),
      ...present('reason', textAt(detail, 'reason')),
      ...present('message', textAt(detail, 'message')),
      ...present('exitCode', numberAt(detail, 'exitCode')),
      ...present('at', timeAt(detail, state === 'terminated' ? 'finishedAt' : 'startedAt')),
    };
  }
  return undefined;
}

/** A key with its value, or no key: absent and undefined are not the same. */
export function present<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}
