import { expect, test } from 'vitest';
import { processKill } from '../faults/process/kill.ts';
import { processPause } from '../faults/process/pause.ts';
import type { System } from '../model/experiment.ts';
import type { Problem } from '../model/result.ts';
import { processes } from '../signals/process.ts';
import { loadTexts } from './fake-files.ts';

const registries = { faults: [processKill, processPause], signals: [processes], labs: [] };
const pause = 'fault: process.pause, target: { host: here, name: nginx }';

const experiment = (use = pause): string => `title: t
question: q
system: system.yaml
steady: [ web.running.last ]
faults: [ { id: f, ${use} } ]
`;

const system = (hosts = 'hosts: { here: local }', more = ''): string => `name: s
${hosts}
signals: { web: { process: { host: here, name: nginx } } }
${more}
`;

function load(texts: { use?: string; hosts?: string; more?: string } = {}): System | Problem[] {
  const loaded = loadTexts({
    experiment: experiment(texts.use),
    system: system(texts.hosts, texts.more),
    registries,
  });
  return loaded.ok ? loaded.value.system : loaded.problem;
}

const problems = (texts: Parameters<typeof load>[0]): string[] => {
  const loaded = load(texts);
  return Array.isArray(loaded)
    ? loaded.map(({ code, at, fix }) => `${code} ${at?.line}:${at?.column} ${fix}`)
    : ['loaded'];
};

test('hosts are part of a system, beside its cluster', () => {
  expect(load()).toMatchObject({ hosts: { here: { kind: 'local' } } });
  expect(load({ more: 'kubernetes: { namespace: shop }' })).toMatchObject({
    hosts: { here: { kind: 'local' } },
  });
  expect(load({ more: 'limits: { protect: [process/postgres, host/here] }' })).toMatchObject({
    limits: { protect: ['process/postgres', 'host/here'] },
  });
});

test('a host that is not there is told with its place', () => {
  expect(problems({ hosts: '' })).toEqual([
    'name-unknown 3:36 Add `hosts: { here: local }` (or `{ ssh: … }`) to the system file.',
  ]);
  expect(problems({ use: pause.replace('host: here', 'host: hre') })).toEqual([
    'name-unknown 5:58 Write `here`.',
  ]);
  expect(problems({ hosts: 'hosts: { here: ssh }' })[0]).toMatch(/^field-wrong 2:16/);
  expect(problems({ hosts: 'hosts: { "a b": local, here: local }' })[0]).toMatch(/^field-wrong 2:10/);
});

test('hosts are reached in three ways', () => {
  const hosts = `hosts:
  here: local
  pg1: { ssh: pg1.example }
  pg2: { ssh: ops@10.0.0.2, port: 2222, key: ~/.ssh/id_x, config: ./ssh_config, sudo: true }
  pg3: { ssh: 'ssh://ops@[fe80::1]:22' }
  a: { netns: blue }`;
  expect(load({ hosts })).toMatchObject({
    hosts: {
      here: { kind: 'local' },
      pg1: { kind: 'ssh', destination: 'pg1.example' },
      pg2: {
        kind: 'ssh',
        destination: '10.0.0.2',
        user: 'ops',
        port: 2_222,
        key: '~/.ssh/id_x',
        config: './ssh_config',
        sudo: true,
      },
      pg3: { kind: 'ssh', destination: 'fe80::1', user: 'ops', port: 22 },
      a: { kind: 'netns', netns: 'blue' },
    },
  });
});

test('all that is wrong with hosts is told at once, each at its place', () => {
  const hosts = `hosts:
  here: local
  b: { ssh: '-oProxyCommand=x' }
  c: { ssh: ops@h, user: root, port: 70000 }
  d: { netns: a/b }
  e: { shh: h }
  f: remote
  g: { ssh: h, netns: blue }
  h: { ssh: h, sudo: sometimes }
  i: { netns: blue, sudo: true }`;
  const loaded = load({ hosts });
  const told = Array.isArray(loaded)
    ? loaded.map(({ at, message, fix }) => `${at?.line}:${at?.column} ${message} → ${fix}`)
    : ['loaded'];
  expect(told).toEqual([
    '4:13 `hosts.b.ssh`: is no destination for ssh → Write what `ssh` takes: a name, an address, or a `Host` of your ssh configuration.',
    '5:26 `hosts.c.user`: the user is named twice → Write it in one place: `ssh: user@host`, or `user:`.',
    '5:38 `hosts.c.port`: must be at most 65535 → Write a number that is at most 65535.',
    '6:15 `hosts.d.netns`: must be a name that `ip netns list` shows → Write a name that `ip netns list` shows.',
    '7:8 there is no `shh` in `hosts.e` → Write `ssh`.',
    '8:6 `hosts.f`: must be `local` (this machine), `{ ssh: … }` or `{ netns: … }` → Write `local` (this machine), `{ ssh: … }` or `{ netns: … }`.',
    '9:6 `hosts.g`: must be reached in one way: { ssh: … } or { netns: … } → Write exactly one of ssh and netns.',
    '10:22 `hosts.h.sudo`: must be true or false → Write true or false.',
    '11:6 `hosts.i`: `netns` stands alone → Take the other keys away: they are for ssh.',
  ]);
});

test('a kill that nobody makes good is refused unless the limits allow it', () => {
  const kill = 'fault: process.kill, target: { host: here, name: nginx }';
  expect(problems({ use: kill })).toEqual([
    'limit-exceeded 5:27 Name what brings it back (`aftershock faults process.kill`); or, if that is meant, add it to `limits: { allow: [process.kill] }` of the system file.',
  ]);
  expect(problems({ use: kill, more: 'limits: { allow: [process.kill] }' })).toEqual(['loaded']);
  expect(problems({ use: `${kill}, with: { supervisor: true }` })).toEqual(['loaded']);
  expect(problems({ use: `${kill}, with: { restart: nginx }` })).toEqual(['loaded']);
  expect(problems({ use: `${kill}, with: { restart: nginx, supervisor: true }` })[0]).toMatch(/^field-wrong/);
});

test('exactly one way to say which process', () => {
  const wrong = [
    '{ host: here }',
    '{ host: here, name: a, port: 1 }',
    '{ name: a }',
    '{ host: here, port: 0 }',
  ];
  for (const target of wrong)
    expect(problems({ use: `fault: process.pause, target: ${target}` })[0], target).toMatch(/^field-/);
});
