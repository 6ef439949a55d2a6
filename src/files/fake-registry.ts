import { z } from 'zod';
import { defineFault, type Prepared } from '../model/contracts/fault.ts';
import { defineSignal } from '../model/contracts/signal.ts';
import { durationField } from '../model/fields.ts';
import type { Target } from '../model/injection.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import type { Registries } from './load.ts';

/** What the fake faults find and say; tests change it. */
export interface FakeSystem {
  pods: Target[];
  /** What a role could move to. */
  possible?: Target[];
  /** Given back by `prepare` for a target of that name. */
  refused: Record<string, Problem>;
  cutsControlPath?: boolean;
}

export const fakePod = (name: string, namespace = 'shop', detail: Target['detail'] = {}): Target => ({
  kind: 'pod',
  name: `pod/${name}`,
  id: `uid-${name}`,
  namespace,
  detail,
});

const target = z.union([
  z.strictObject({ deployment: z.string().describe('Pods of this deployment') }),
  z.strictObject({ pod: z.string().describe('This pod') }),
]);

const untouched = async (): Promise<Result<void>> =>
  fail({ code: 'inject-failed', message: 'a test touched it', fix: '' });

/** Two faults and two signals, small enough to read, with every kind of field that the shipped ones have. */
export function fakeRegistries(system: FakeSystem = { pods: [], refused: {} }): Registries {
  const shared = {
    needs: [],
    guarantee: 'Whatever becomes of us, it is a fake.',
    example: '',
    target,
    resolve: async () =>
      system.pods.length === 0
        ? fail<Problem>({ code: 'target-missing', message: 'no pod is there', fix: 'Start one.' })
        : ok({
            found: system.pods,
            ...(system.possible === undefined ? {} : { possible: system.possible }),
            set: { name: 'pods of deployment/web', size: system.pods.length, takenEach: 1 },
          }),
    prepare: async (_world: unknown, wanted: { target: Target }): Promise<Result<Prepared>> => {
      const refused = system.refused[wanted.target.name];
      if (refused !== undefined) return fail(refused);
      const name = wanted.target.name;
      const cuts = system.cutsControlPath === undefined ? {} : { cutsControlPath: system.cutsControlPath };
      return ok({
        does: [`DELETE ${name}`],
        undoes: [`CREATE ${name}`],
        undo: {},
        notes: ['a note'],
        ...cuts,
      });
    },
    act: untouched,
    undo: untouched,
    effect: async () => ({ is: 'no' as const, evidence: '' }),
    recovered: async () => ({ is: 'no' as const, evidence: '' }),
  };
  const kill = defineFault({
    ...shared,
    name: 'kubernetes.fake.kill',
    summary: 'Kills a fake pod.',
    duration: 'instant',
    undoKind: 'self-heals',
    params: z.strictObject({
      grace: durationField().describe('How long it may take to end').exactOptional(),
    }),
  });
  const env = defineFault({
    ...shared,
    name: 'kubernetes.fake.env',
    summary: 'Sets fake variables.',
    duration: 'held',
    undoKind: 'restores',
    params: z.strictObject({
      set: z.record(z.string().regex(/^[A-Z_]+$/, 'must be upper case'), z.string()),
      level: z.enum(['low', 'high']).exactOptional(),
    }),
  });
  const forever = defineFault({
    ...shared,
    name: 'fake.forever',
    summary: 'Cannot be undone.',
    duration: 'held',
    undoKind: 'none',
    params: z.strictObject({}),
  });
  const labs = [
    { name: 'poll-app', variables: { backend: ['DELAY_MS', 'ERROR_RATE'], frontend: ['RETRIES'] } },
    { name: 'hosts', variables: {} },
  ];
  return { faults: [kill, env, forever], signals: [http, pods], labs };
}

const http = defineSignal({
  kind: 'http',
  summary: 'Fake requests.',
  config: z
    .strictObject({
      method: z.enum(['GET', 'POST']).optional(),
      url: z.url({ protocol: /^https?$/ }).describe('Where requests go'),
      headers: z.record(z.string(), z.string()).optional(),
      json: z.json().optional(),
      body: z.string().optional(),
    })
    .refine(
      (config) => config.json === undefined || config.body === undefined,
      'write json or body, not both',
    ),
  rated: { defaultRate_per_s: 1, defaultTimeout_ms: 2_000 },
  needs: [],
  example: '',
  describe: (name) => ({
    name,
    kind: 'http',
    version: 1,
    main: 'requests',
    series: [
      { name: 'requests', family: 'operations', summary: '', kinds: ['refused', 'timeout', 'status'] },
    ],
    derived: [],
  }),
  start: async () => ok({ stop: async () => undefined }),
});

const pods = defineSignal({
  kind: 'kubernetes.pods',
  summary: 'Fake pods.',
  config: z.strictObject({ selector: z.string().describe('Which pods') }),
  needs: [],
  example: '',
  describe: (name) => ({
    name,
    kind: 'kubernetes.pods',
    version: 1,
    series: [
      { name: 'ready', family: 'gauge', summary: '', unit: '1' },
      { name: 'running', family: 'gauge', summary: '', unit: '1' },
    ],
    derived: [{ by: 'pods-replaced', measure: 'replaced_after_s', type: 'number', unit: 's', summary: '' }],
  }),
  start: async () => ok({ stop: async () => undefined }),
});
