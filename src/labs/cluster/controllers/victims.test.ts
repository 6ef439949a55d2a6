import { expect, test } from 'vitest';
import type { Pod } from '../shapes.ts';
import { makePod } from '../test-support.ts';
import { inOrderOfRemoval } from './victims.ts';

const running = (name: string, of: { ready: boolean; since?: string; restarts?: number }): Pod => {
  const pod = makePod(name, {}, { nodeName: 'practice-1' });
  pod.metadata.creationTimestamp = '2026-01-01T00:00:00Z';
  const time = of.since ?? '2026-01-01T00:00:05Z';
  const state = {
    name: 'main',
    state: {},
    lastState: {},
    ready: of.ready,
    started: true,
    image: '',
    imageID: '',
  };
  pod.status = {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: of.ready ? 'True' : 'False', lastTransitionTime: time }],
    containerStatuses: [{ ...state, restartCount: of.restarts ?? 0 }],
  };
  return pod;
};

test('gives up unscheduled, pending, unready, cheap, freshly ready, often restarted pods, in this order', () => {
  const unscheduled = makePod('unscheduled', {});
  const pending = makePod('pending', {}, { nodeName: 'practice-1' });
  const cheap = running('cheap', { ready: true });
  cheap.metadata.annotations = { 'controller.kubernetes.io/pod-deletion-cost': '-5' };
  const pods = [
    running('old', { ready: true }),
    running('restarted', { ready: true, restarts: 3 }),
    running('fresh', { ready: true, since: '2026-01-01T01:00:00Z' }),
    cheap,
    running('unready', { ready: false }),
    pending,
    unscheduled,
  ];
  expect(inOrderOfRemoval(pods).map((pod) => pod.metadata.name)).toEqual([
    'unscheduled',
    'pending',
    'unready',
    'cheap',
    'fresh',
    'restarted',
    'old',
  ]);
});
