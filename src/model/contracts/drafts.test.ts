import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Injection, Target } from '../injection.ts';
import type { JsonObject } from '../json.ts';
import { fail, ok, type Problem, type Result } from '../result.ts';
import type { Operation, SignalDescriptor } from '../series.ts';
import type { Candidates, Fault, Look } from './fault.ts';
import type { Signal } from './signal.ts';
import type { HostFailure, World } from './world.ts';

// Things that do not exist yet, written against the contracts: what does not compile here would have to change them
// later. Only the shapes matter.

// 1. A fault on a host, as the base of the next: a watchdog on the target, a lease that is renewed there.

type HostWorld = Pick<World, 'host'>;

type PartitionParams = { from: string[] };
type HostSpec = { host: string };

const script = (injection: Injection, name: string): string => {
  const text = injection.undo[name];
  return typeof text === 'string' ? text : '';
};

async function onHost(
  world: HostWorld,
  injection: Injection,
  step: { script: string; args?: string[]; signal: AbortSignal },
): Promise<Result<string>> {
  const host = world.host(injection.target.name);
  if (!host.ok) return host;
  const { script, args = [], signal } = step;
  const ran = await host.value.run({ script, args, deadline_ms: 5_000 }, signal);
  return ran.ok ? ok(ran.value.stdout) : fail(notRun(ran.problem));
}

const notRun = ({ text }: HostFailure): Problem => ({
  code: 'system-unreachable',
  message: text,
  fix: 'look',
});

const nothing = (result: Result<string>): Result<void> => (result.ok ? ok(undefined) : result);

const looked = (result: Result<string>, wanted: string): Look =>
  result.ok
    ? { is: result.value.trim() === wanted ? 'yes' : 'no', evidence: result.value }
    : { is: 'unsure', evidence: result.problem.message };

const networkPartition: Fault<PartitionParams, HostSpec, HostWorld> = {
  name: 'network.partition',
  summary: 'drops all packets between a host and others',
  duration: 'held',
  undoKind: 'restores',
  guarantee: 'a watchdog on the host undoes it when the lease runs out',
  params: z.strictObject({ from: z.array(z.string()) }),
  target: z.strictObject({ host: z.string() }),
  needs: ['root', 'nft'],
  example: '- { id: cut, fault: network.partition, target: { host: p1 }, with: { from: [all] } }',
  resolve: async (_, { target }) => ok({ found: [hostTarget(target.host)] }),
  prepare: async (_, { params }) =>
    ok({
      does: [`nft add table inet aftershock; drop from ${params.from.join(', ')}`],
      undoes: ['nft delete table inet aftershock'],
      undo: { watch: 'systemd-run …', undo: 'nft delete table inet aftershock', probe: 'nft list tables' },
      cutsControlPath: true,
    }),
  arm: async (world, injection, signal) =>
    nothing(await onHost(world, injection, { script: script(injection, 'watch'), signal })),
  act: async (world, injection, signal) =>
    nothing(await onHost(world, injection, { script: 'nft …', signal })),
  effect: async (world, injection, signal) =>
    looked(await onHost(world, injection, { script: script(injection, 'probe'), signal }), 'cut'),
  renew: async (world, injection, signal) =>
    nothing(await onHost(world, injection, { script: 'renew "$1" "$2"', args: leaseOf(injection), signal })),
  undo: async (world, injection, signal) =>
    nothing(await onHost(world, injection, { script: script(injection, 'undo'), signal })),
  recovered: async (world, injection, signal) =>
    looked(await onHost(world, injection, { script: script(injection, 'probe'), signal }), 'open'),
  disarm: async (world, injection, signal) =>
    nothing(await onHost(world, injection, { script: 'disarm "$1"', args: [injection.id], signal })),
};

const leaseOf = ({ id, lease_s }: Injection): string[] => [id, String(lease_s)];

const hostTarget = (name: string): Target => ({
  kind: 'host',
  name,
  id: `machine-id of ${name}`,
  detail: {},
});

// 2. A target by role: found now, and all that could be found later; any fault on hosts takes it.

type RoleSpec = { patroni: 'leader' | 'replica' };

interface Members {
  members(): Promise<Result<{ host: string; role: string }[]>>;
}

const findByRole = async (world: Members, spec: RoleSpec): Promise<Result<Candidates>> => {
  const members = await world.members();
  if (!members.ok) return members;
  const found = members.value.filter(({ role }) => role === spec.patroni).map(({ host }) => hostTarget(host));
  if (found.length === 0) {
    return fail({ code: 'target-missing', message: 'the cluster has no leader now', fix: 'wait for one' });
  }
  return ok({ found, possible: members.value.map(({ host }) => hostTarget(host)) });
};

const partitionByRole: Fault<PartitionParams, HostSpec | RoleSpec, HostWorld & Members> = {
  ...networkPartition,
  target: z.union([
    z.strictObject({ host: z.string() }),
    z.strictObject({ patroni: z.enum(['leader', 'replica']) }),
  ]),
  resolve: async (world, { target, params }, signal) =>
    'patroni' in target
      ? findByRole(world, target)
      : networkPartition.resolve(world, { target, params }, signal),
};

// 3. A ledger: operations that are a load, and measures that only its own check can compute.

type LedgerConfig = { url: string; table?: string | undefined };

const ledger: Signal<LedgerConfig, { postgres(url: string): Result<unknown> }> = {
  kind: 'postgres.ledger',
  summary: 'writes numbered rows and reads them back',
  config: z.strictObject({ url: z.string(), table: z.string().optional() }),
  rated: { defaultRate_per_s: 50, defaultTimeout_ms: 2_000 },
  needs: ['create a table'],
  example: 'ledger: { postgres.ledger: { url: … }, rate: 50/s }',
  describe: (name, config): SignalDescriptor => ({
    name,
    kind: 'postgres.ledger',
    version: 1,
    main: 'writes',
    series: [
      {
        name: 'writes',
        family: 'operations',
        summary: 'inserts',
        kinds: ['refused', 'timeout', 'read-only'],
      },
      { name: 'node', family: 'state', summary: 'which server answered', values: 'text' },
    ],
    derived: (['acked', 'lost', 'duplicated', 'uncertain', 'stale_reads'] as const).map((measure) => ({
      by: 'postgres-ledger',
      measure,
      type: 'number',
      unit: '1',
      summary: `${measure} rows`,
      options: { table: config.table ?? 'aftershock_ledger' },
    })),
  }),
  start: async ({ sink, clock, world, options }, config) => {
    const database = world.postgres(config.url);
    if (!database.ok) return database;
    const acked: Operation & JsonObject = {
      intended: clock.now(),
      sent: clock.now(),
      done: clock.now(),
      kind: 'ok',
    };
    sink.operations('writes', [acked]);
    sink.point('node', { t: clock.now(), value: 'p1', since: clock.now() - options.timeout_ms * 1e6 });
    sink.observing();
    return ok({ stop: async () => undefined });
  },
};

test('a role names its holder and everything it could move to', async () => {
  const roles = ['leader', 'replica', 'replica'].map((role, n) => ({ host: `p${n + 1}`, role }));
  const world = {
    members: async () => ok(roles),
    host: () => fail({ code: 'usage', message: '', fix: '' } as const),
  };
  const signal = new AbortController().signal;
  const wanted = { target: { patroni: 'leader' } as const, params: { from: ['all'] } };
  const candidates = await partitionByRole.resolve(world, wanted, signal);
  expect(candidates.ok && candidates.value.found.map(({ name }) => name)).toEqual(['p1']);
  expect(candidates.ok && candidates.value.possible?.map(({ name }) => name)).toEqual(['p1', 'p2', 'p3']);
  expect(ledger.describe('ledger', { url: '' }).derived.map(({ measure }) => measure)).toContain('lost');
});
