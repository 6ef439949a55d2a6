import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../model/json.ts';
import { transitions } from './changes.ts';
import { viewOf } from './view.ts';

const pod = (status: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  metadata: { name: 'a', uid: 'u1', resourceVersion: '1', ...metadata },
  spec: { nodeName: 'n1' },
  status,
});

const container = (fields: JsonObject): JsonObject => ({ name: 'web', restartCount: 0, ...fields });
const told = (before: JsonObject | undefined, after: JsonObject): string[] =>
  transitions(before && viewOf(before), viewOf(after)).map(({ type, detail }) =>
    [type, detail['state'], detail['reason'], detail['restartCount']]
      .filter((word) => word !== undefined)
      .join(' '),
  );

const running = (id: string, more: JsonObject = {}): JsonObject =>
  container({ containerID: id, state: { running: { startedAt: '2026-01-01T00:00:05Z' } }, ...more });

test('a pod’s ordinary life', () => {
  const creating = pod({
    phase: 'Pending',
    containerStatuses: [container({ state: { waiting: { reason: 'ContainerCreating' } } })],
  });
  const up = pod({
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:06Z' }],
    containerStatuses: [running('c1')],
  });
  expect(told(undefined, pod({ phase: 'Pending' }))).toEqual(['added']);
  expect(told(pod({ phase: 'Pending' }), creating)).toEqual(['container waiting ContainerCreating 0']);
  expect(told(creating, up)).toEqual(['phase', 'container running 0', 'ready']);
  expect(told(up, up)).toEqual([]);
});

test('deletionTimestamp is when the grace ends; deleting began before', () => {
  const going = pod(
    { phase: 'Running' },
    { deletionTimestamp: '2026-01-01T00:01:00Z', deletionGracePeriodSeconds: 30 },
  );
  const [deleting] = transitions(viewOf(pod({ phase: 'Running' })), viewOf(going));
  expect(deleting).toMatchObject({
    type: 'deleting',
    foreign_t: Date.UTC(2026, 0, 1, 0, 0, 30) / 1_000,
    detail: { grace_s: 30 },
  });
});

test('a crash and its restarts, also where looks in between are missing', () => {
  const up = pod({ phase: 'Running', containerStatuses: [running('c1')] });
  const dead = { terminated: { exitCode: 137, reason: 'Error', containerID: 'c1' } };
  const crashed = pod({
    phase: 'Running',
    containerStatuses: [container({ containerID: 'c1', state: dead })],
  });
  const again = running('c2', { restartCount: 1, lastState: dead });
  const back = pod({ phase: 'Running', containerStatuses: [again] });
  expect(told(up, crashed)).toEqual(['container terminated Error 0']);
  expect(told(crashed, back)).toEqual(['restarted running 1', 'container running 1']);
  expect(told(up, back)).toEqual([
    'container terminated Error 0',
    'restarted running 1',
    'container running 1',
  ]);
  const often = pod({
    phase: 'Running',
    containerStatuses: [{ ...again, containerID: 'c4', restartCount: 3 }],
  });
  expect(told(up, often).filter((text) => text.startsWith('restarted'))).toHaveLength(3);
});

test('CrashLoopBackOff is a container state', () => {
  const dead = { terminated: { exitCode: 1, reason: 'Error', containerID: 'c1' } };
  const crashed = pod({
    phase: 'Running',
    containerStatuses: [container({ containerID: 'c1', state: dead })],
  });
  const waiting = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } };
  const loop = pod({
    phase: 'Running',
    containerStatuses: [container({ containerID: 'c1', state: waiting, lastState: dead })],
  });
  expect(told(crashed, loop)).toEqual(['container waiting CrashLoopBackOff 0']);
});

test('any JSON is read without an exception, and a pod compared with itself tells nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (status) => {
      const view = viewOf({ metadata: { uid: 'u' }, status: status as Json });
      expect(transitions(view, view)).toEqual([]);
    }),
  );
});
