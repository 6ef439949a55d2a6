import { expect, test } from 'vitest';
import type { KubeObject } from '../objects.ts';
import { RESOURCES } from '../resources.ts';
import type { Fields } from '../values.ts';
import { humanDuration } from './age.ts';
import { statusOf } from './pods.ts';
import { asTable } from './table.ts';

const pod = (status: Fields, metadata: Fields = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', uid: '', resourceVersion: '', creationTimestamp: '', ...metadata },
  spec: { containers: [{ name: 'c' }], initContainers: [{ name: 'i' }] },
  status,
});

const container = (state: Fields, more: Fields = {}) => ({
  containerStatuses: [{ name: 'c', state, ...more }],
});
const init = (state: Fields) => ({ phase: 'Pending', initContainerStatuses: [{ name: 'i', state }] });

test.each<[string, KubeObject]>([
  ['Pending', pod({ phase: 'Pending' })],
  [
    'ContainerCreating',
    pod({ phase: 'Pending', ...container({ waiting: { reason: 'ContainerCreating' } }) }),
  ],
  ['Running', pod({ phase: 'Running', ...container({ running: {} }, { ready: true }) })],
  ['CrashLoopBackOff', pod({ phase: 'Running', ...container({ waiting: { reason: 'CrashLoopBackOff' } }) })],
  ['Error', pod({ phase: 'Failed', ...container({ terminated: { reason: 'Error', exitCode: 1 } }) })],
  ['Signal:9', pod({ phase: 'Failed', ...container({ terminated: { signal: 9 } }) })],
  ['ExitCode:3', pod({ phase: 'Failed', ...container({ terminated: { exitCode: 3 } }) })],
  ['Evicted', pod({ phase: 'Failed', reason: 'Evicted' })],
  ['Init:0/1', pod(init({ running: {} }))],
  ['Init:ErrImagePull', pod(init({ waiting: { reason: 'ErrImagePull' } }))],
  ['Init:Error', pod(init({ terminated: { reason: 'Error', exitCode: 1 } }))],
  ['Terminating', pod({ phase: 'Running', ...container({ running: {} }) }, { deletionTimestamp: 'x' })],
  [
    'Completed',
    pod(
      { phase: 'Succeeded', ...container({ terminated: { reason: 'Completed' } }) },
      { deletionTimestamp: 'x' },
    ),
  ],
])('STATUS is %s', (expected, one) => {
  expect(statusOf(one)).toBe(expected);
});

test.each([
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [125, '2m5s'],
  [599, '9m59s'],
  [600, '10m'],
  [3 * 3_600, '3h'],
  [3 * 3_600 + 300, '3h5m'],
  [8 * 3_600 + 60, '8h'],
  [48 * 3_600, '2d'],
  [50 * 3_600, '2d2h'],
  [9 * 86_400, '9d'],
  [800 * 86_400, '2y70d'],
  [-1, '0s'],
  [-3, '<invalid>'],
])('%i seconds are %s', (seconds, expected) => {
  expect(humanDuration(seconds * 1_000)).toBe(expected);
});

test('every kind can be shown, however little is in the object, and each row fits its columns', () => {
  const bare: KubeObject = {
    apiVersion: '',
    kind: '',
    metadata: { name: 'x', uid: '', resourceVersion: '', creationTimestamp: '' },
  };
  for (const resource of RESOURCES) {
    const table = asTable(resource, { metadata: {}, items: [bare] }, new URLSearchParams());
    const [row] = table['rows'] as { cells: unknown[] }[];
    expect(row?.cells.length, resource.plural).toBe((table['columnDefinitions'] as unknown[]).length);
    for (const cell of row?.cells ?? []) expect(cell).toBeDefined();
  }
});
