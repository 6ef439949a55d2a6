import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyFault, Prepared } from '../../model/contracts/fault.ts';
import type { Host } from '../../model/contracts/world.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { noHost, worldOf } from '../../reach/world.ts';
import { serviceKill } from './kill.ts';
import { serviceRestart } from './restart.ts';
import { serviceStop } from './stop.ts';

const never = new AbortController().signal;

const running = {
  Id: 'nginx.service',
  LoadState: 'loaded',
  ActiveState: 'active',
  SubState: 'running',
  UnitFileState: 'enabled',
  MainPID: '812',
  MainStart: '4711',
  InvocationID: 'abc',
  NRestarts: '0',
  Restart: 'no',
  RestartUSec: '100ms',
};

interface Scene {
  unit?: Record<string, string>;
  /** Instead of the unit. */
  said?: string;
  kind?: Host['kind'];
  params?: JsonObject;
  init?: string;
}

/** A host that answers as one would whose systemd knows the unit. */
function hostWith({ unit = {}, said, kind = 'ssh', init = 'systemd' }: Scene): Host {
  const shown = Object.entries({ ...running, ...unit }).map(([key, value]) => `${key}=${value}`);
  return {
    name: 'web1',
    kind,
    where: 'ssh web1',
    ours: [],
    run: async ({ script }) => {
      if (!script.includes('Systemd=no')) {
        const stdout = `uid 0\nboot b-1\nmachine m\ninit ${init}\npeer \n`;
        return ok({ code: 0, stdout, stderr: '' });
      }
      if (unit['LoadState'] === 'impossible') return ok({ code: 67, stdout: '', stderr: 'no unit name' });
      return ok({ code: 0, stdout: said ?? shown.join('\n'), stderr: '' });
    },
  };
}

async function planned(fault: AnyFault, scene: Scene = {}): Promise<Result<Prepared>> {
  const host = hostWith(scene);
  const world = worldOf({ host: (name) => (name === 'web1' ? ok(host) : fail(noHost(name, ['web1']))) });
  const target = fault.target.parse({ host: 'web1', unit: 'nginx' });
  const params = scene.params ?? {};
  const found = await fault.resolve(world, { target, params }, never);
  if (!found.ok) return found;
  const [chosen] = found.value.found;
  if (chosen === undefined) throw new Error('nothing was found');
  return fault.prepare(world, { target: chosen, params }, never);
}

const plan = async (fault: AnyFault, scene?: Scene): Promise<Prepared> => {
  const made = await planned(fault, scene);
  if (!made.ok) throw new Error(made.problem.message);
  return made.value;
};

test('what is done and undone is said in the words of systemctl', async () => {
  expect(await plan(serviceStop)).toMatchObject({
    does: ['systemctl stop nginx.service'],
    undoes: ['systemctl start nginx.service'],
    notes: [],
    cutsControlPath: false,
    undo: { lasting: true },
  });
  expect(await plan(serviceRestart)).toMatchObject({ does: ['systemctl restart nginx.service'] });
  const params = { signal: 'TERM', processes: 'main' };
  expect(await plan(serviceKill, { params })).toMatchObject({
    does: ['systemctl kill -s TERM --kill-whom=main nginx.service'],
    undoes: ['systemctl start nginx.service'],
  });
});

test('what stops with it is started again with it', async () => {
  const said = [
    ...Object.entries(running).map(([key, value]) => `${key}=${value}`),
    'With=a.service',
    'With=b.service',
  ];
  const { undoes, notes, undo } = await plan(serviceStop, { said: said.join('\n') });
  expect(undoes).toEqual(['systemctl start nginx.service a.service b.service']);
  expect(notes?.join()).toContain('a.service, b.service');
  expect(undo).toMatchObject({
    undo: { args: ['nginx.service', 'a.service', 'b.service'] },
    probe: { args: ['nginx.service', 'enabled', '812', 'a.service', 'b.service'] },
  });
});

test.each([
  [{ ActiveState: 'inactive', SubState: 'dead' }, 'does not run'],
  [{ LoadState: 'masked' }, 'is masked'],
  [{ LoadState: 'not-found' }, 'There is no service'],
  [{ LoadState: 'impossible' }, 'There is no service'],
  [{ LoadState: 'bad-setting' }, 'cannot be loaded'],
  [{ Inside: 'yes' }, 'aftershock runs'],
  [{ RefuseManualStop: 'yes' }, 'refuses to be stopped'],
  [{ Transient: 'yes' }, 'systemd-run'],
  [{ Id: 'aftershock-1234.service' }, 'undoes a fault of aftershock'],
])('%o is refused: %s', async (unit, words) => {
  const refused = await planned(serviceStop, { unit });
  expect(refused).toMatchObject({ problem: { message: expect.stringContaining(words) } });
});

test('a service without a main process is not killed, one of systemd-run only where it comes back', async () => {
  expect((await planned(serviceKill, { unit: { MainPID: '0', MainStart: '' } })).ok).toBe(false);
  expect((await planned(serviceKill, { unit: { Transient: 'yes' } })).ok).toBe(false);
  expect((await planned(serviceKill, { unit: { Transient: 'yes', Restart: 'always' } })).ok).toBe(true);
});

test('without systemd the next step is named, and a network namespace has no services', async () => {
  expect(await planned(serviceStop, { said: 'Systemd=no' })).toMatchObject({
    problem: { code: 'target-unsuitable', fix: expect.stringContaining('commands: { start, stop, status }') },
  });
  expect(await planned(serviceStop, { kind: 'netns' })).toMatchObject({
    problem: { message: expect.stringContaining('services belong to the machine') },
  });
  // What must be undone at boot needs systemd there.
  expect((await planned(serviceStop, { init: 'other' })).ok).toBe(false);
});

describe('who starts a killed service again', () => {
  const cases: readonly (readonly [restart: string, signal: string, systemd: boolean])[] = [
    ['no', 'KILL', false],
    ['always', 'KILL', true],
    ['always', 'TERM', true],
    ['on-failure', 'KILL', true],
    ['on-failure', 'TERM', false],
    ['on-abort', 'SEGV', true],
    ['on-success', 'TERM', true],
    ['on-success', 'KILL', false],
    ['on-watchdog', 'KILL', false],
  ];
  test.each(cases)('Restart=%s after %s: systemd %s', async (restart, signal, systemd) => {
    const { undoes } = await plan(serviceKill, { unit: { Restart: restart }, params: { signal } });
    expect(undoes[0]?.startsWith('nothing to do: systemd')).toBe(systemd);
  });
});

test('what carries us is said over ssh, and not on this machine', async () => {
  for (const [id, words] of [
    ['ssh.service', 'it takes our connections'],
    ['wg-quick@wg0.service', 'addresses and routes'],
    ['dbus.service', 'logins'],
    ['nftables.service', 'firewall'],
  ] as const) {
    const there = await plan(serviceStop, { unit: { Id: id } });
    expect(there.cutsControlPath, id).toBe(true);
    expect(there.notes?.join()).toContain(words);
    expect((await plan(serviceStop, { unit: { Id: id }, kind: 'local' })).cutsControlPath).toBe(false);
  }
});

test('what is not enabled, and what a socket starts again, is said', async () => {
  expect((await plan(serviceStop, { unit: { UnitFileState: 'disabled' } })).notes?.join()).toContain(
    'is disabled',
  );
  const { notes } = await plan(serviceStop, { unit: { Trigger: 'nginx.socket' } });
  expect(notes?.join()).toContain('nginx.socket starts it again');
});

test('no name of a unit is an option, a path or more than one word', () => {
  const accepted = (unit: string): boolean => serviceStop.target.safeParse({ host: 'web1', unit }).success;
  for (const unit of ['nginx', 'nginx.service', 'postgresql@15-main', 'dbus-org.x', String.raw`a\x2db`])
    expect(accepted(unit), unit).toBe(true);
  for (const unit of [
    '',
    '-x',
    '--now',
    '../x',
    'a b',
    'a;b',
    '$(x)',
    'ssh.socket',
    'multi-user.target',
    'a\nb',
  ])
    expect(accepted(unit), unit).toBe(false);
  fc.assert(
    fc.property(fc.string(), (unit) => {
      if (accepted(unit)) expect(unit.trim()).toMatch(/^[\w:.\\@][\w:.\\@-]*$/);
    }),
  );
});
