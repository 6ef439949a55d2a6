import { defaultLimits, defaultTiming, type Experiment } from '../../model/experiment.ts';
import type { RunPlan } from '../../model/plan.ts';
import type { SignalDescriptor } from '../../model/series.ts';
import { OLD } from './fake-pods.ts';
import type { FakeKind } from './fake-series.ts';

export const calls: Record<
  FakeKind,
  { fault: string; target: string; does: string[]; undoes: string[]; params: Record<string, string> }
> = {
  kill: {
    fault: 'kubernetes.pod.delete',
    target: OLD[0],
    does: [
      'DELETE /api/v1/namespaces/poll-app/pods/poll-backend-7c9fd8b6c-x2x4q {"preconditions":{"uid":"3f0b…"}}',
    ],
    undoes: ['nothing to do: deployment/poll-backend makes a new pod, until 2 are ready again'],
    params: {},
  },
  latency: {
    fault: 'kubernetes.deployment.env',
    target: 'deployment/poll-backend',
    does: [
      'PATCH /apis/apps/v1/namespaces/poll-app/deployments/poll-backend set env ARTIFICIAL_DELAY_MS=500',
    ],
    undoes: [
      'PATCH /apis/apps/v1/namespaces/poll-app/deployments/poll-backend remove env ARTIFICIAL_DELAY_MS',
    ],
    params: { ARTIFICIAL_DELAY_MS: '500' },
  },
  errors: {
    fault: 'kubernetes.deployment.env',
    target: 'deployment/poll-backend',
    does: ['PATCH /apis/apps/v1/namespaces/poll-app/deployments/poll-backend set env ERROR_RATE=0.2'],
    undoes: ['PATCH /apis/apps/v1/namespaces/poll-app/deployments/poll-backend remove env ERROR_RATE'],
    params: { ERROR_RATE: '0.2' },
  },
  scale: {
    fault: 'kubernetes.deployment.scale',
    target: 'deployment/poll-backend',
    does: ['PATCH /apis/apps/v1/namespaces/poll-app/deployments/poll-backend/scale {"spec":{"replicas":1}}'],
    undoes: [
      'PATCH /apis/apps/v1/namespaces/poll-app/deployments/poll-backend/scale {"spec":{"replicas":2}}',
    ],
    params: { replicas: '1' },
  },
};

export const titles: Record<FakeKind, { title: string; question: string }> = {
  kill: {
    title: 'Kill one backend pod',
    question: 'Do voters notice when one of two poll-backend pods dies?',
  },
  latency: {
    title: 'Half a second of latency',
    question: 'Does everything stay up when every answer takes 500 ms longer?',
  },
  errors: {
    title: 'One vote in five fails',
    question: 'Is a steady 20 % of errors seen at once, and over at once?',
  },
  scale: { title: 'Scale down to one backend', question: 'Can one backend carry 50 votes a second alone?' },
};

export const descriptors: readonly SignalDescriptor[] = [
  {
    name: 'votes',
    kind: 'http',
    version: 1,
    main: 'requests',
    series: [
      {
        name: 'requests',
        family: 'operations',
        summary: 'requests',
        kinds: ['http_5xx', 'refused', 'reset', 'timeout'],
      },
      { name: 'schedule_error_ms', family: 'gauge', unit: 'ms', summary: 'how late we were' },
    ],
    derived: [],
  },
  {
    name: 'backends',
    kind: 'kubernetes.pods',
    version: 1,
    series: [
      { name: 'ready', family: 'gauge', unit: '1', summary: 'ready pods' },
      { name: 'running', family: 'gauge', unit: '1', summary: 'running pods' },
      { name: 'pending', family: 'gauge', unit: '1', summary: 'pending pods' },
      { name: 'terminating', family: 'gauge', unit: '1', summary: 'terminating pods' },
      {
        name: 'transitions',
        family: 'events',
        summary: 'transitions',
        types: ['added', 'phase', 'ready', 'unready', 'container', 'restarted', 'deleting', 'deleted'],
      },
    ],
    derived: [
      { by: 'kubernetes-pods', measure: 'replaced_after_s', type: 'number', unit: 's', summary: 'replaced' },
    ],
  },
  {
    name: 'observer',
    kind: 'observer',
    version: 1,
    series: [
      { name: 'lag_ms', family: 'gauge', unit: 'ms', summary: 'lag' },
      { name: 'cpu_percent', family: 'gauge', unit: '%', summary: 'cpu' },
    ],
    derived: [],
    interval_s: 1,
  },
];

function experimentOf(kind: FakeKind): Experiment {
  const text = (expression: string) => ({
    text: expression,
    at: { file: `experiments/${kind}.yaml`, line: 1 },
  });
  return {
    file: `experiments/${kind}.yaml`,
    ...titles[kind],
    steady: ['votes.availability >= 0.999', 'votes.p95_ms < 150', 'backends.ready.last == 2'].map(text),
    faults: [],
    predict: [],
    abort: [],
    timing: defaultTiming,
  };
}

export function planOf(kind: FakeKind): RunPlan {
  const call = calls[kind];
  return {
    version: 1,
    seed: '7f3a91',
    experiment: experimentOf(kind),
    system: {
      file: 'systems/poll-app.yaml',
      name: 'poll-app',
      where: 'cluster practice (https://127.0.0.1:38443), namespace poll-app',
      limits: defaultLimits,
    },
    signals: descriptors,
    watched: [
      { name: 'votes', text: 'POST http://127.0.0.1:30080/api/polls/default/vote at 50/s, timeout 2 s' },
      { name: 'backends', text: 'pods app=poll-backend, watched' },
    ],
    faults: [
      {
        entry: kind,
        fault: call.fault,
        targets: [],
        possible: [],
        when: 'at the start',
        ...(kind === 'kill' ? {} : { for_s: 30 }),
        does: call.does,
        undoes: call.undoes,
        notes: kind === 'latency' ? ['all 2 pods are replaced one by one'] : [],
        guarantee: 'Nothing stays behind: the controller replaces it, whatever becomes of this run.',
        radius: { targets: 1, percent: 50, of: 'pods of deployment/poll-backend' },
      },
    ],
    total_s: 75,
    versions: { aftershock: '0.1.0', node: 'v24.21.0', kubernetes: 'v1.34.0' },
  };
}
