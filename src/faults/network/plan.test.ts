import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ok } from '../../model/result.ts';
import type { Preflight } from '../hosts/preflight.ts';
import { completeText, type HostText } from '../hosts/text.ts';
import { peersOf } from './address.ts';
import { attemptsFor } from './attempts.ts';
import { planByTc } from './by-tc.ts';
import { controlOf } from './controller.ts';
import { networkDelay } from './delay.ts';
import { flowsOf, rangesOf } from './flow.ts';
import { allowed } from './local.ts';
import type { Devices } from './look.ts';
import { networkLoss } from './loss.ts';
import { chainsOf } from './nft.ts';
import { networkPartition } from './partition.ts';
import { pingsFor } from './pings.ts';
import { networkReset } from './reset.ts';
import { egressOf, ingressOf, masksOf } from './tc.ts';

const host: Preflight = { name: 'pg1', kind: 'ssh', uid: 0, boot: 'b', machine: 'm', init: 'systemd' };
const peer = { client: '10.0.0.9', clientPort: 40_000, server: '10.0.0.1', serverPort: 2222 };

describe('what is written', () => {
  test.each([
    '10.0.0.1',
    '10.0.0.0/8',
    'fd00::1',
    'fd00::/8',
    '::ffff:10.0.0.1',
    'pg2',
    'pg2.example.com.',
    'a_b.c',
  ])('an address or a name: %s', (text) => {
    expect(networkPartition.params.safeParse({ from: [text] }).success).toBe(true);
  });
  test.each([
    '',
    '10.0.0',
    '256.0.0.1',
    '10.0.0.1/33',
    'fe80::1%eth0',
    '-x',
    'a b',
    "a'b",
    '$(x)',
    'a;b',
    'all',
    'a\nb',
  ])('none: %j', (text) => {
    expect(networkDelay.params.safeParse({ delay: '1s', to: [text] }).success).toBe(text === 'all');
  });
  test('names are for the host, blocks of everything are everybody', () => {
    expect(peersOf('0.0.0.0/0')).toEqual({ family: 'ip' });
    expect(peersOf('::/0')).toEqual({ family: 'ip6' });
    expect(peersOf('pg2')).toBeUndefined();
  });
  test.each([
    { ports: [0] },
    { ports: ['9-8'] },
    { ports: ['65536'] },
    { ports: [] },
    { ports: [1], protocol: 'icmp' },
    { interface: 'a b' },
    { interface: '-x' },
    { loss: '101%' },
    { loss: '50' },
  ])('refuses %j', (more) => {
    expect(networkLoss.params.safeParse({ loss: '1%', ...more }).success).toBe(false);
  });

  test('any text is refused, or means what it says and nothing else to nft, tc and sh', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('; id', '$(id)', '`id`', '"lo" accept', '@tag@', '\n', '*', '#', '}'),
      fc.ipV4(),
      fc.ipV6(),
    );
    fc.assert(
      fc.property(hostile, hostile, (address, device) => {
        const read = networkPartition.params.safeParse({ from: [address], interface: device, ports: [1] });
        if (!read.success) return;
        expect(String(read.data['interface'])).toMatch(/^[\w.:@-]+$/);
        expect(JSON.stringify(read.data['from'])).toMatch(/^\["[\w.:/-]+"\]$/);
      }),
    );
  });
});

test('pings: one of them is lost for sure, or as many as a look has time for', () => {
  const ping = ['icmp', '10.0.0.2', '0'] as const;
  const connect = ['tcp', '10.0.0.2', '80'] as const;
  expect([100, 50, 30, 1, 0.01].map((loss) => pingsFor(loss, [ping]))).toEqual([3, 10, 20, 500, 500]);
  expect(pingsFor(1, [ping, connect, ping])).toBe(250);
  expect(pingsFor(30, [])).toBe(20);
  fc.assert(
    fc.property(fc.double({ min: 2, max: 100, noNaN: true }), (loss) => {
      expect((1 - loss / 100) ** pingsFor(loss, [ping])).toBeLessThanOrEqual(0.001 + 1e-9);
    }),
  );
  const flows = flowsOf(
    {},
    [1, 2, 3, 4].map((last) => ({ family: 'ip', address: `10.0.0.${last}` })),
  );
  expect(attemptsFor(flows, ['out'])).toHaveLength(3);
});

describe('ports', () => {
  test('those that touch are one', () => {
    expect(rangesOf([90, '80-85', 86, '82-84', '100-110'])).toEqual([
      { from: 80, to: 86 },
      { from: 90, to: 90 },
      { from: 100, to: 110 },
    ]);
  });
  test('masks of u32 mean exactly the range', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(port, port, port, (a, b, probe) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        const hit = masksOf({ from, to }).some(({ value, mask }) => (probe & mask) === value);
        expect(hit).toBe(probe >= from && probe <= to);
      }),
    );
  });
});

describe('our own connection', () => {
  const rules = {
    flows: flowsOf({}, [{ family: 'ip', address: '10.0.0.9' }]),
    ways: ['out', 'in'] as const,
  };
  test('is kept by address and ssh port, and comes before every drop', () => {
    const control = controlOf({ controller: 'keep' }, { ...host, peer });
    expect(control).toMatchObject({ cuts: false, note: expect.stringContaining('port 2222') });
    if (control.kept === undefined) throw new Error('not kept');
    const lines = chainsOf({ ...rules, kept: control.kept }).filter((line) => /accept$|drop$/.test(line));
    expect(lines.map((line) => line.trim())).toEqual([
      'oifname "lo" accept',
      'ip daddr 10.0.0.9 meta l4proto tcp tcp sport { 2222 } accept',
      'ip daddr 10.0.0.9 counter drop',
      'iifname "lo" accept',
      'ip saddr 10.0.0.9 meta l4proto tcp tcp dport { 2222 } accept',
      'ip saddr 10.0.0.9 counter drop',
    ]);
    const shape = { ...rules, device: 'eth0', index: 0, netem: 'delay 1us', kept: control.kept };
    for (const by of ['flower', 'u32'] as const) {
      for (const made of [egressOf({ ...shape, by }), ingressOf({ ...shape, by })]) {
        const filters = made.filter((line) => line.startsWith('filter'));
        expect(filters[0]).toMatch(/pref 45000 .*22.*(classid af@h@:1|action pass)$/);
        expect(filters).toHaveLength(2);
      }
    }
  });
  test.each(['::ffff:10.0.0.9', '10.0.0.9'])('sshd may write %s', (client) => {
    expect(controlOf({ controller: 'keep' }, { ...host, peer: { ...peer, client } }).kept?.address).toBe(
      '10.0.0.9',
    );
  });
  test('over IPv6, neighbours are found as ever', () => {
    const { kept } = controlOf(
      { controller: 'keep' },
      { ...host, peer: { ...peer, client: 'fe80::9%eth0' } },
    );
    if (kept === undefined) throw new Error('not kept');
    expect(kept.address).toBe('fe80::9');
    expect(chainsOf({ ...rules, kept }).join('\n')).toContain('nd-neighbor-solicit');
  });
  test('can be cut where that is written, or where it is not known; never where there is none', () => {
    expect(controlOf({ controller: 'cut' }, { ...host, peer }).cuts).toBe(true);
    expect(controlOf({ controller: 'keep' }, host).cuts).toBe(true);
    expect(controlOf({ controller: 'keep' }, { ...host, peer: { ...peer, client: 'UNKNOWN; x' } }).cuts).toBe(
      true,
    );
    expect(controlOf({ controller: 'cut' }, { ...host, kind: 'netns' }).cuts).toBe(false);
  });
});

describe('refused when it is planned', () => {
  const devices: Devices = {
    can: new Set(['netem', 'prio', 'flower']),
    kernel: '6.1',
    absent: new Set(),
    foreign: new Map(),
    ours: new Map(),
    ingress: new Map(),
  };
  const looked = {
    ...devices,
    peers: [{ family: 'ip', address: '10.0.0.2', device: 'eth1' } as const],
    names: [],
  };
  const params = { direction: 'out', controller: 'keep' } as const;
  const seen = { by: 'drops', loss: 1 } as const;
  const netem = { fault: 'network.delay', netem: 'delay 1us', what: 'delayed', seen };
  const told = (more: Partial<typeof looked>): string => {
    const planned = planByTc({ params, host, looked: { ...looked, ...more } }, netem);
    return planned.ok ? 'ok' : planned.problem.message;
  };

  test.each([
    ['ok', {}],
    ['htb 1:', { foreign: new Map([['eth1', 'htb 1:']]) }],
    ['run-1.a.0', { ours: new Map([['eth1', 'run-1.a.0']]) }],
    ['sch_netem', { can: new Set(['prio', 'flower']) }],
    ['cls_flower', { can: new Set(['prio', 'netem']) }],
    ['no interface eth1', { absent: new Set(['eth1']) }],
    [
      'no route to 10.0.0.2',
      { peers: [{ family: 'ip', address: '10.0.0.2' } as const] as unknown as typeof looked.peers },
    ],
  ])('%s', (said, more) => {
    expect(told(more)).toContain(said);
  });
  test('all of our own machine, without a word that it is meant', () => {
    const peers = [{ family: 'ip', device: 'eth0' } as const];
    const local = { host: { ...host, kind: 'local' } as const, peers };
    expect(allowed(params, local).ok).toBe(false);
    expect(allowed({ ...params, interface: 'eth0' }, local)).toEqual(ok(undefined));
    expect(allowed({ ...params, controller: 'cut' }, local)).toEqual(ok(undefined));
    expect(allowed(params, { host, peers: [{ family: 'ip', address: '10.0.0.1', device: 'lo' }] }).ok).toBe(
      false,
    );
  });
});

describe.each(['dash', 'busybox sh'])('the scripts in %s', (shell) => {
  const [program = '', ...first] = shell.split(' ');
  const parses = (text: HostText) =>
    spawnSync(program, [...first, '-n'], { input: completeText("a'b", text), encoding: 'utf8' });
  test('are read to their end', async () => {
    const { nftScripts, resetScripts, tcScripts } = await import('./scripts-of.ts');
    for (const scripts of [nftScripts, resetScripts, tcScripts]) {
      for (const script of Object.values(scripts)) {
        const ran = parses({ script, args: ["'; exit 9; '", '$(exit 9)'] });
        expect([ran.status, ran.stderr]).toEqual([0, '']);
      }
    }
  });
});

test('connections that are reset must be said', () => {
  expect(networkReset.params.safeParse({ controller: 'cut' }).success).toBe(false);
});
