import type { SignalDescriptor } from '../../model/series.ts';

/** Signals of every family, for tests: a load, pods, a cluster with a main series, and the observer. */
export const fakeSignals: readonly SignalDescriptor[] = [
  {
    name: 'votes',
    kind: 'http',
    version: 1,
    main: 'requests',
    series: [
      {
        name: 'requests',
        family: 'operations',
        summary: '',
        kinds: ['refused', 'reset', 'timeout', 'status'],
      },
      { name: 'schedule_error_ms', family: 'gauge', unit: 'ms', summary: '' },
    ],
    derived: [],
  },
  {
    name: 'backends',
    kind: 'kubernetes.pods',
    version: 1,
    series: [
      ...['ready', 'running', 'pending', 'terminating'].map((name) => ({
        name,
        family: 'gauge' as const,
        unit: '1',
        summary: '',
      })),
      {
        name: 'transitions',
        family: 'events',
        summary: '',
        types: ['added', 'ready', 'unready', 'deleting', 'deleted'],
      },
    ],
    derived: ['replaced_after_s', 'all_gone_after_s'].map((measure) => ({
      by: 'kubernetes-pods',
      measure,
      type: 'number' as const,
      unit: 's',
      summary: '',
    })),
  },
  {
    name: 'cluster',
    kind: 'patroni',
    version: 1,
    main: 'leader',
    series: [
      { name: 'leader', family: 'state', summary: '', values: 'text' },
      { name: 'paused', family: 'state', summary: '', values: 'bool' },
      { name: 'primaries', family: 'gauge', unit: '1', summary: '' },
    ],
    derived: [],
  },
  {
    name: 'observer',
    kind: 'observer',
    version: 1,
    series: [{ name: 'lag_ms', family: 'gauge', unit: 'ms', summary: '' }],
    derived: [],
  },
];
