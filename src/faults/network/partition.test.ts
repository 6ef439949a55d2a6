import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { needs, needsRoot } from '../../../test/support/needs.ts';
import { sleep } from '../../reach/clock.ts';
import { HOST, type Network, network, PEER } from './fake-network.ts';
import { networkPartition as partition } from './partition.ts';

const ping = (address: string): string => `ping -n -c 1 -W 1 ${address}`;

describe.skipIf(!needsRoot() || !needs('ip') || !needs('nft'))('network.partition in namespaces', () => {
  let net: Network;
  beforeAll(() => {
    net = network();
  });
  afterEach(() => net.run('host', 'nft flush ruleset'));
  afterAll(() => net.down());

  const reaches = (where: 'host' | 'peer', address: string): boolean =>
    net.run(where, ping(address)).code === 0;

  test('cuts both ways, IPv4 alone where that is named, and heals', async () => {
    expect([reaches('host', PEER.ip), reaches('host', PEER.ip6)]).toEqual([true, true]);
    const injection = await net.inject(partition, { from: [PEER.ip] });
    expect([reaches('host', PEER.ip), reaches('peer', HOST.ip), reaches('host', PEER.ip6)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(await net.effect(partition, injection)).toMatchObject({ is: 'yes' });
    expect(await net.end(partition, injection)).toMatchObject({ is: 'yes' });
    expect([reaches('host', PEER.ip), reaches('peer', HOST.ip)]).toEqual([true, true]);
    expect(net.run('host', 'nft list ruleset').out).toBe('');
  });

  test('from everybody: both families, and never lo', async () => {
    const injection = await net.inject(partition, { from: ['all'] });
    expect([reaches('host', PEER.ip), reaches('peer', HOST.ip6)]).toEqual([false, false]);
    expect([reaches('host', '127.0.0.1'), reaches('host', HOST.ip6)]).toEqual([true, true]);
    expect(await net.effect(partition, injection)).toMatchObject({ is: 'yes' });
    expect(await net.end(partition, injection)).toMatchObject({ is: 'yes' });
    expect(reaches('host', PEER.ip6)).toBe(true);
  });

  test('one way: requests arrive, answers are lost', async () => {
    const injection = await net.inject(partition, { from: [PEER.ip], direction: 'out' });
    const seen = (): number =>
      Number(
        /received (\d+)/.exec(
          net.run('host', 'nstat -asz IcmpInEchos | sed "s/IcmpInEchos */received /"').out,
        )?.[1],
      );
    const before = seen();
    expect(reaches('peer', HOST.ip)).toBe(false);
    expect(seen()).toBe(before + 1);
    expect(await net.effect(partition, injection)).toMatchObject({
      is: 'yes',
      evidence: expect.stringContaining('dropped'),
    });
    await net.end(partition, injection);
  });

  test('where no traffic comes by itself, the probe makes some and says so', async () => {
    const injection = await net.inject(partition, { from: [PEER.ip6], direction: 'in' });
    expect(await net.effect(partition, injection)).toMatchObject({
      is: 'yes',
      evidence: expect.stringContaining(`we tried: ping ${PEER.ip6}`),
    });
    await net.end(partition, injection);
    const closed = await net.inject(partition, { from: [PEER.ip], ports: [30900] });
    expect(reaches('host', PEER.ip)).toBe(true);
    expect(await net.effect(partition, closed)).toMatchObject({
      is: 'yes',
      evidence: expect.stringContaining('port 30900'),
    });
    await net.end(partition, closed);
  });

  test('a connection that exists is cut, and goes on after the undo', async () => {
    const script = (body: string): string[] => ['-e', `const net = require('node:net'); ${body}`];
    net.start(
      'peer',
      process.execPath,
      script(`net.createServer((s) => s.pipe(s)).listen(30901, '${PEER.ip}')`),
    );
    await sleep(1_000);
    const client = net.start(
      'host',
      process.execPath,
      script(`
      const s = net.connect(30901, '${PEER.ip}');
      setInterval(() => s.write('x'), 100);
      s.on('data', () => process.stdout.write('x'));
      s.on('close', () => process.exit(1));`),
    );
    let got = 0;
    client.stdout?.on('data', (data: Buffer) => (got += data.length));
    const grows = async (within_ms: number): Promise<boolean> => {
      const from = got;
      for (let waited = 0; waited < within_ms && got < from + 3; waited += 100) await sleep(100);
      return got >= from + 3;
    };
    expect(await grows(5_000)).toBe(true);
    const injection = await net.inject(partition, { from: [PEER.ip], ports: [30901], protocol: 'tcp' });
    await sleep(300);
    expect(await grows(1_500)).toBe(false);
    expect(await net.effect(partition, injection)).toMatchObject({ is: 'yes' });
    await net.end(partition, injection);
    expect(await grows(15_000)).toBe(true);
    expect(client.exitCode).toBe(null);
  });

  test('the rules of others stay as they are, whatever they do meanwhile', async () => {
    net.run(
      'host',
      'nft "add table ip other; add chain ip other in { type filter hook input priority -500; policy accept; }; add rule ip other in ip saddr 10.76.0.2 counter accept"',
    );
    const rules = (): string =>
      net.run('host', 'nft list ruleset').out.replaceAll(/packets \d+ bytes \d+/g, '');
    const before = rules();
    const injection = await net.inject(partition, { from: [PEER.ip] });
    expect(reaches('host', PEER.ip)).toBe(false);
    expect(rules()).not.toBe(before);
    await net.end(partition, injection);
    expect(rules()).toBe(before);
    const flushed = await net.inject(partition, { from: [PEER.ip] });
    net.run('host', 'nft flush ruleset; nft add table inet aftershock_other');
    expect(await net.effect(partition, flushed)).toMatchObject({ is: 'no' });
    expect(await net.end(partition, flushed)).toMatchObject({ is: 'yes' });
    expect(rules()).toBe('table inet aftershock_other {\n}\n');
  });

  test('refuses what is the host itself, and a name that it does not know', async () => {
    expect(await net.plan(partition, { from: [HOST.ip] })).toMatchObject({
      problem: { code: 'target-unsuitable', fix: expect.stringContaining('lo') },
    });
    expect(await net.plan(partition, { from: ['no-such-host.invalid'] })).toMatchObject({
      problem: { code: 'target-missing' },
    });
  });
});
