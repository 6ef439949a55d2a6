import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs, needsRoot } from '../../../test/support/needs.ts';
import { sleep } from '../../reach/clock.ts';
import { type Network, network, PEER } from './fake-network.ts';
import { filterOf, networkReset as reset } from './reset.ts';

test('a filter of ss says all of it, and never means our own connection', () => {
  const peers = [
    { family: 'ip', address: '10.0.0.0/8' } as const,
    { family: 'ip6', address: 'fd00::/8' } as const,
  ];
  const kept = {
    family: 'ip' as const,
    address: '10.0.0.9',
    protocol: 'tcp' as const,
    ports: [],
    localPorts: [{ from: 22, to: 22 }],
  };
  expect(filterOf({ peers, given: { ports: [5432, '6000-6010'] }, kept })).toBe(
    '( dst 10.0.0.0/8 or dst [fd00::/8] ) and ( dport = :5432 or ( dport >= :6000 and dport <= :6010 ) ) and not ( dst 10.0.0.9 and sport = :22 )',
  );
  expect(filterOf({ peers: [], given: { local_ports: [80] } })).toBe('( sport = :80 )');
});

describe.skipIf(!needsRoot() || !needs('ip'))('network.reset in namespaces', () => {
  let net: Network;
  beforeAll(() => {
    net = network();
  });
  afterAll(() => net.down());

  const script = (body: string): string[] => ['-e', `const net = require('node:net'); ${body}`];
  const connected = async (address: string, port: number) => {
    const body = `const s = net.connect(${port}, '${address}'); s.on('connect', () => console.log('on')); s.on('error', (e) => { console.log(e.code); process.exit(3); }); s.on('close', () => process.exit(4));`;
    const client = net.start('host', process.execPath, script(body));
    let said = '';
    client.stdout?.on('data', (data: Buffer) => (said += data));
    for (let tries = 0; tries < 100 && !said.includes('on'); tries += 1) await sleep(50);
    expect(said).toContain('on');
    return { client, said: () => said };
  };
  const serve = async (port: number): Promise<void> => {
    const server = net.start(
      'peer',
      process.execPath,
      script(
        `net.createServer((s) => s.on('error', () => {})).listen(${port}, '::', () => console.log('on'))`,
      ),
    );
    await new Promise((done) => server.stdout?.once('data', done));
  };

  test('ends those that match and leaves the others, in both families', async () => {
    await serve(30_911);
    await serve(30_912);
    const [first, second, other] = [
      await connected(PEER.ip, 30_911),
      await connected(PEER.ip6, 30_911),
      await connected(PEER.ip, 30_912),
    ];
    const injection = await net.inject(reset, { to: ['10.76.0.0/24', PEER.ip6], ports: ['30900-30911'] });
    expect(await net.effect(reset, injection)).toEqual({
      is: 'yes',
      evidence: 'all 2 connections that matched are gone',
    });
    for (let tries = 0; tries < 100 && (first.client.exitCode ?? second.client.exitCode) === null; tries += 1)
      await sleep(50);
    await sleep(200);
    expect([first.client.exitCode, second.client.exitCode, other.client.exitCode]).toEqual([3, 3, null]);
    expect(first.said()).toMatch(/ECONNABORTED|ECONNRESET/);
    expect(await net.end(reset, injection)).toMatchObject({ is: 'yes' });
    // New ones are made as ever.
    await connected(PEER.ip, 30_911);
  });

  test('refuses where no connection matches, and a file that names none', async () => {
    await expect(net.inject(reset, { ports: [30_999] })).rejects.toThrow(/no connection matches/);
    expect(reset.params.safeParse({}).success).toBe(false);
  });
});
