import type { JsonObject } from '../../model/json.ts';
import { type ContainerView, type PodView, present, type StateView } from './view.ts';

/** The closed list of what can happen to a pod, as the signal declares it. */
export const transitionTypes = [
  'present',
  'added',
  'phase',
  'ready',
  'unready',
  'container',
  'restarted',
  'deleting',
  'deleted',
] as const;

type TransitionType = (typeof transitionTypes)[number];

/** One transition; when it was seen is the watcher's to say. */
export interface Transition {
  type: TransitionType;
  detail: JsonObject;
  /** The API's own time of it, seconds since 1970; its resolution is 1 s. */
  foreign_t?: number;
}

/** More restarts than this between two looks are told as this many. */
const MOST_RESTARTS = 100;

/** What happened to a pod between two looks at it, in the order in which it must have happened. */
export function transitions(before: PodView | undefined, after: PodView): Transition[] {
  const was = before ?? blank(after);
  const found: Transition[] = [];
  if (before === undefined) found.push(told(after, 'added', after.createdAt));
  if (was.phase !== after.phase) found.push(told(after, 'phase', undefined));
  for (const container of after.containers) {
    const old = was.containers.find(({ name, init }) => name === container.name && init === container.init);
    found.push(...containerTransitions(after, container, old));
  }
  if (was.ready !== after.ready) {
    found.push(told(after, after.ready ? 'ready' : 'unready', after.readySince));
  }
  if (was.deletingSince === undefined && after.deletingSince !== undefined) {
    const { type, detail, ...time } = told(after, 'deleting', after.deletingSince);
    found.push({ type, detail: { ...detail, grace_s: after.grace_s ?? 0 }, ...time });
  }
  return found;
}

/** A pod that was there before we looked: no transition, but what all later ones start from. */
export function presence(pod: PodView): Transition {
  const { type, detail } = told(pod, 'present', undefined);
  const restarts = pod.containers.map((container) => container.restarts);
  const gone = pod.deletingSince === undefined ? {} : { terminating: true };
  return { type, detail: { ...detail, ready: pod.ready, restartCount: Math.max(0, ...restarts), ...gone } };
}

/** The end of a pod (or of its matching the selector); the API gives no time for it. */
export const deletion = (last: PodView): Transition => told(last, 'deleted', undefined);

/** As every pod begins: so that the first look at one tells all that it has already gone through. */
const blank = (pod: PodView): PodView => ({
  uid: pod.uid,
  name: pod.name,
  version: '',
  phase: 'Pending',
  ready: false,
  containers: [],
});

function told(pod: PodView, type: TransitionType, foreign_t: number | undefined): Transition {
  const { uid, phase } = pod;
  const detail: JsonObject = {
    uid,
    phase,
    ...present('node', pod.node),
    ...present('ip', pod.ip),
    ...present('reason', pod.reason),
    ...present('message', pod.message),
  };
  return { type, detail, ...present('foreign_t', foreign_t) };
}

function containerTransitions(
  pod: PodView,
  now: ContainerView,
  was: ContainerView | undefined,
): Transition[] {
  const found: Transition[] = [];
  const restarts = Math.max(0, now.restarts - (was?.restarts ?? 0));
  if (restarts > 0 && now.last !== undefined && !sameState(was?.now, now.last)) {
    found.push(ofContainer(pod, now, { type: 'container', state: now.last, restarts: now.restarts - 1 }));
  }
  for (let back = Math.min(restarts, MOST_RESTARTS) - 1; back >= 0; back -= 1) {
    // Only of the last restart is it known when the container started.
    const state: StateView = back === 0 ? now.now : { state: 'running' };
    found.push(ofContainer(pod, now, { type: 'restarted', state, restarts: now.restarts - back }));
  }
  if (!sameState(was?.now, now.now)) {
    found.push(ofContainer(pod, now, { type: 'container', state: now.now, restarts: now.restarts }));
  }
  return found;
}

const sameState = (one: StateView | undefined, other: StateView): boolean =>
  one !== undefined && one.state === other.state && one.reason === other.reason && one.id === other.id;

function ofContainer(
  pod: PodView,
  container: ContainerView,
  what: { type: 'container' | 'restarted'; state: StateView; restarts: number },
): Transition {
  const { state } = what;
  const detail: JsonObject = {
    uid: pod.uid,
    phase: pod.phase,
    ...present('node', pod.node),
    container: container.name,
    ...(container.init ? { init: true } : {}),
    state: state.state,
    ...present('reason', state.reason),
    ...present('message', state.message),
    ...present('exitCode', state.exitCode),
    ...present('containerID', state.id),
    restartCount: what.restarts,
  };
  return { type: what.type, detail, ...present('foreign_t', state.at) };
}
