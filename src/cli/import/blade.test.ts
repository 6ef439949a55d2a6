import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { folderWith } from '../../files/fake-files.ts';
import { loadExperiment } from '../../files/load.ts';
import type { FaultEntry } from '../../model/experiment.ts';
import { bladeExperiment, type ImportOptions } from '../commands/import.ts';
import { registries } from '../registries.ts';
import { importBlade } from './blade.ts';
import { systemText } from './experiment-text.ts';

/** The command as files on a disk, read back by the loader: the entries, and the text. */
function imported(line: string, options: ImportOptions = {}): { faults: FaultEntry[]; text: string } {
  const made = bladeExperiment(line, options);
  if (!made.ok) throw new TypeError(made.problem.map(({ message, fix }) => `${message} ${fix}`).join('; '));
  const parsed = importBlade(line);
  const host = options.host ?? (parsed.ok ? parsed.value.ssh?.host : undefined) ?? 'here';
  const system = parsed.ok ? systemText(parsed.value, host) : '';
  const folder = folderWith({ 'experiment.yaml': made.value, 'system.yaml': system });
  const loaded = loadExperiment({ file: join(folder, 'experiment.yaml'), registries, env: {} });
  if (!loaded.ok) throw new TypeError(JSON.stringify(loaded.problem));
  return { faults: loaded.value.experiment.faults, text: made.value };
}

const wrong = (line: string): string[] => {
  const made = bladeExperiment(line, {});
  return made.ok ? [] : made.problem.map(({ message, fix }) => `${message} → ${fix}`);
};

const MIB = 2 ** 20;
const out = { direction: 'out' };

/** What an operator of a Patroni cluster typed, word by word. */
const typed: [string, object][] = [
  ['blade create cpu fullload', { fault: 'cpu.load', params: { percent: 100 } }],
  ['blade c mem load --mode ram --mem-percent 80', { fault: 'memory.load', params: { percent: 80 } }],
  [
    'sudo ./blade create network delay --time 500 --interface ens160 --destination-ip 10.10.10.7',
    { fault: 'network.delay', params: { delay: 0.5, to: ['10.10.10.7'], interface: 'ens160', ...out } },
  ],
  [
    'sudo ./blade create network loss --percent 50 --interface ens160 --destination-ip 10.10.10.7',
    { fault: 'network.loss', params: { loss: 50, to: ['10.10.10.7'], interface: 'ens160', ...out } },
  ],
];

const others: [string, object][] = [
  [
    'blade create cpu fl --cpu-percent 60 --cpu-count 2 --climb-time 30 --timeout 120',
    { fault: 'cpu.load', params: { percent: 60, cores: 2, ramp: 30 }, for_s: 120 },
  ],
  ['blade c cpu load --cpu-list 0,3-5', { fault: 'cpu.load', params: { cores: [0, 3, 4, 5] } }],
  ['blade c mem load', { fault: 'memory.load', params: { percent: 95 } }],
  [
    'blade c disk fill --path /srv --percent 90 --size 100',
    { fault: 'disk.fill', params: { path: '/srv', percent: 90 } },
  ],
  ['blade c disk fill --reserve=1024', { fault: 'disk.fill', params: { path: '/', reserve: 1024 * MIB } }],
  [
    'blade c disk burn --read --write --path /srv',
    { fault: 'disk.load', params: { path: '/srv', mode: ['read', 'write'], block: 10 * MIB } },
  ],
  [
    'blade c network delay --interface eth0 --time 100 --offset 20 --remote-port 80,8000-8010 --protocol tcp --timeout 1m30s',
    {
      fault: 'network.delay',
      params: { delay: 0.1, jitter: 0.02, ports: [80, '8000-8010'], protocol: 'tcp', ...out },
      for_s: 90,
    },
  ],
  [
    'blade c network drop --destination-ip 10.0.0.7',
    { fault: 'network.partition', params: { from: ['10.0.0.7'], direction: 'out' } },
  ],
  [
    'blade c network drop --source-ip 10.0.0.7,10.0.0.8',
    { fault: 'network.partition', params: { from: ['10.0.0.7', '10.0.0.8'], direction: 'in' } },
  ],
  [
    'blade c network drop --destination-port 5432 --network-traffic in',
    { fault: 'network.partition', params: { from: ['all'], local_ports: [5432], direction: 'in' } },
  ],
  [
    'blade c process kill --process nginx --signal 9 --count 1',
    { fault: 'process.kill', target: { host: 'here', name: 'nginx' }, params: { signal: 'KILL' } },
  ],
  [
    "blade c process f --process-cmd 'java -jar app.jar'",
    { fault: 'process.pause', target: { host: 'here', command: 'java -jar app.jar' }, pick: 'all' },
  ],
  ['blade c process stop --local-port 8080', { fault: 'process.pause', target: { port: 8080 } }],
  ['blade c systemd stop --service etcd', { fault: 'service.stop', target: { host: 'here', unit: 'etcd' } }],
];

test.each([...typed, ...others])('%s', (line, expected) => {
  const { faults, text } = imported(line);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatchObject(expected);
  expect(text).toContain(`# From: ${line}\n`);
});

test('dropping a port both ways becomes two faults, each with the port on its own side', () => {
  const { faults, text } = imported('blade c network drop --destination-port 2379');
  expect(text).not.toMatch(/[&*]a1/);
  expect(faults.map(({ params }) => params)).toMatchObject([
    { direction: 'out', ports: [2379] },
    { direction: 'in', local_ports: [2379] },
  ]);
});

test('over ssh: the host of the command, and how the system file reaches it', () => {
  const line =
    'blade c cpu fullload --channel ssh --ssh-host pg1 --ssh-user ops --ssh-port 2222 --timeout 10m';
  const { faults, text } = imported(line);
  expect(faults[0]).toMatchObject({ target: { host: 'pg1' }, for_s: 600 });
  expect(text).toContain('pg1: { ssh: pg1, user: ops, port: 2222 }');
  expect(text).toContain('limits: { duration: 10m }');
});

test('--host names the host, --system the file', () => {
  const { faults, text } = imported('blade create cpu fullload', { host: 'pg1' });
  expect(faults[0]?.target).toEqual({ host: 'pg1' });
  const other = bladeExperiment('blade create cpu fullload', { system: 'systems/x.yaml' });
  expect(other.ok && other.value).toContain('system: systems/x.yaml\n');
  expect(text).toContain('system: system.yaml\n');
});

test('what differs is said in a comment', () => {
  const { text } = imported('blade c mem load --mem-percent 80 --rate 50 --avoid-being-killed --uid x7 -a');
  for (const flag of ['--rate', '--avoid-being-killed', '--uid', '--async', 'Without --timeout'])
    expect(text.split('\n').filter((line) => line.startsWith('# - ') && line.includes(flag))).toHaveLength(1);
});

test.each([
  ['blade create network dns --domain a.example --ip 1.2.3.4', 'network dns', 'exec'],
  ['blade create network occupy --port 80', 'network occupy', 'service.stop'],
  ['blade create network duplicate --percent 5 --interface eth0', 'network duplicate', 'network.loss'],
  ['blade create network corrupt --percent 5 --interface eth0', 'network corrupt', 'network.loss'],
  ['blade create network reorder --percent 5 --interface eth0', 'network reorder', 'network.delay'],
  ['blade create time travel --offset -2h', 'time travel', 'exec'],
  ['blade create k8s pod-pod delete --names x', 'k8s pod-pod', 'kubernetes.pod.delete'],
  ['blade create network constructor', 'network constructor', 'network.delay'],
])('%s has no equivalent: it is named, with the nearest', (line, name, near) => {
  const [said = '', ...more] = wrong(line);
  expect(more).toEqual([]);
  expect(said).toContain(`no equivalent of \`blade create ${name}\``);
  expect(said).toContain(`\`${near}\``);
});

test.each([
  ['blade create cpu fullload --frob 3', '`--frob`'],
  ['blade create cpu fullload extra', '`extra`'],
  ['blade create cpu fullload --cpu-percent', 'no value'],
  ['blade create cpu fullload --cpu-percent 101', 'from 0 to 100'],
  ['blade create cpu fullload --cpu-percent 5 --cpu-percent 6', 'given twice'],
  ['blade create cpu fullload --timeout soon', '--timeout'],
  ['blade create cpu fullload --ssh-host x --ssh-key-passphrase s3cret', 'passphrase'],
  ['blade create network delay --time 5 --interface eth0 --exclude-port 22', '`--exclude-port` has no'],
  ['blade create network delay --time 5 --interface eth0 --exclude-ip 10.0.0.1', '`--exclude-ip` has no'],
  ['blade create network delay --interface eth0', '`--time` is missing'],
  ['blade create network loss --percent 5', '`--interface` is missing'],
  ["blade create network loss --percent 5 --interface 'a b'", 'interface'],
  ['blade create network drop', '`--destination-ip` is missing'],
  ['blade create network drop --source-ip 10.0.0.1 --network-traffic out', 'never match'],
  ['blade create network drop --destination-ip 10.0.0.1 --string-pattern x', '--string-pattern'],
  ['blade create disk fill --path /srv', 'how much'],
  ['blade create disk burn', 'read or to write'],
  ['blade create process kill --signal 9', 'exactly one way'],
  ['blade create process kill --process a --pid 4 --signal 9', 'exactly one way'],
  ['blade create process kill --process a --signal 19', 'process stop'],
  ['blade create process stop --process a --exclude-process b', '--exclude-process'],
  ['blade create systemd stop', '--service'],
  ['blade create mem load --reserve 200', '--mem-percent'],
  ['blade destroy 7c4', 'aftershock stop'],
  ['blade create cpu', 'action'],
  ['chaosd attack stress cpu', 'no command of ChaosBlade'],
  ['blade create cpu fullload && reboot', '`&&`'],
  ['blade create cpu fullload --timeout $T', '`$T`'],
  ['blade create cpu fullload --timeout `id`', 'backquotes'],
  ["blade create process stop --process 'a", 'never closed'],
  ['', 'no command of ChaosBlade'],
])('%s is refused', (line, why) => {
  const said = wrong(line).join('; ');
  expect(said).toContain(why);
  expect(said).not.toContain('s3cret');
});

/** As a shell would be given it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

test('any text as a value arrives whole or is refused; the file can always be read', () => {
  const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(words, (text) => {
      const made = bladeExperiment(`blade c process stop --process-cmd ${quoted(text)} --count 1`, {});
      if (!made.ok) {
        expect(made.problem.length).toBeGreaterThan(0);
        return;
      }
      const { faults } = imported(`blade c process stop --process-cmd ${quoted(text)} --count 1`);
      expect(faults[0]?.target).toEqual({ host: 'here', command: text.trim() });
    }),
    { numRuns: 200 },
  );
});

test('no flag is lost: whatever is added changes the file or is refused', () => {
  const base = 'blade c network delay --time 5 --interface eth0';
  const plain = imported(base).text.split('\n').slice(1).join('\n');
  const flags = [
    '--local-port 80',
    '--remote-port 81',
    '--destination-ip 10.0.0.1',
    '--protocol udp',
    '--force',
  ];
  for (const flag of [...flags, '--ignore-peer-port', '--offset 2', '--timeout 9', '--uid 1', '-a', '-d']) {
    const { text } = imported(`${base} ${flag}`);
    expect(text.split('\n').slice(1).join('\n'), flag).not.toBe(plain);
  }
});

test('a file that is there is not replaced', async () => {
  const { importBladeCommand } = await import('../commands/import.ts');
  const folder = folderWith({ 'mine.yaml': 'mine' });
  writeFileSync(join(folder, 'mine.yaml'), 'mine');
  expect(await importBladeCommand('blade create cpu fullload', { out: join(folder, 'mine.yaml') })).toBe(2);
});
