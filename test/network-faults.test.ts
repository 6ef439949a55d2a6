import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { networkDelay as delay } from '../src/faults/network/delay.ts';
import { type Driver, steps } from '../src/faults/network/fake-network.ts';
import { networkLoss as loss } from '../src/faults/network/loss.ts';
import { networkPartition as partition } from '../src/faults/network/partition.ts';
import { networkRate as rate } from '../src/faults/network/rate.ts';
import type { Host } from '../src/model/contracts/world.ts';
import { ok } from '../src/model/result.ts';
import { sshHost } from '../src/reach/hosts/ssh/host.ts';
import { worldOf } from '../src/reach/world.ts';
import { machinesMissing, type TestMachines, upMachines } from './support/machines.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 400_000 });

const PORT = 30_920;
const [OTHER, OTHER6] = ['10.77.0.2', 'fd77::2'];

describe.skipIf(machinesMissing() !== undefined)('network faults on machines, over ssh', () => {
  let machines: TestMachines;
  let host: Host;
  let drive: Driver;
  let before = '';
  const home = mkdtempSync(join(tmpdir(), 'aftershock-network-home-'));

  /** Runs a line on the host by another way than our own connection. */
  const on = async (line: string): Promise<string> => {
    const ran = await machines.machine('vm1').ssh(line);
    return `${ran.stdout}${ran.stderr}`;
  };
  const state = (): Promise<string> => on('tc qdisc show; ip -br link; nft list ruleset');
  /** Milliseconds there and back, the middle of five; the first may wait for a neighbour to be found. */
  const rtt = async (address: string): Promise<number> => {
    const said = await on(`ping -n -c 6 -i 0.2 -W 3 ${address}`);
    const times = [...said.matchAll(/time=([\d.]+)/g)]
      .map(([, ms]) => Number(ms))
      .slice(1)
      .sort((a, b) => a - b);
    return times[Math.floor(times.length / 2)] ?? Number.NaN;
  };

  beforeAll(async () => {
    machines = await upMachines({ count: 2, home, portBase: PORT });
    host = sshHost('pg1', { kind: 'ssh', destination: 'vm1', config: machines.sshConfig }, []);
    drive = steps(worldOf({ host: () => ok(host) }));
    await on(`ping -c 1 ${OTHER}; ping -c 1 ${OTHER6}; modprobe ifb numifbs=0`);
  });
  beforeEach(async () => {
    before = await state();
  });
  afterEach(async () => {
    expect(await state()).toBe(before);
  });
  afterAll(async () => {
    await host?.close?.();
    await machines?.down();
    rmSync(home, { recursive: true, force: true });
  });

  test('delay: the peer that is meant answers late, everybody else as ever', async () => {
    const injection = await drive.inject(delay, { delay: '300ms', to: [OTHER] });
    expect(await rtt(OTHER)).toBeGreaterThan(295);
    expect(await rtt(OTHER)).toBeLessThan(600);
    expect(await rtt(OTHER6)).toBeLessThan(200);
    expect(await drive.effect(delay, injection)).toMatchObject({
      is: 'yes',
      evidence: expect.stringMatching(/delayed by 300ms on eth1: \d+ packets.*ping 10\.77\.0\.2: 3\d\d/),
    });
    expect(await drive.end(delay, injection)).toMatchObject({ is: 'yes' });
    expect(await rtt(OTHER)).toBeLessThan(200);
  });

  test('delay of what comes in, by an ifb; both ways is twice', async () => {
    const inwards = await drive.inject(delay, { delay: '200ms', to: [OTHER6], direction: 'in' });
    expect(await rtt(OTHER6)).toBeGreaterThan(195);
    expect(await rtt(OTHER)).toBeLessThan(150);
    expect(await drive.end(delay, inwards)).toMatchObject({ is: 'yes' });
    const both = await drive.inject(delay, {
      delay: '200ms',
      jitter: '5ms',
      interface: 'eth1',
      direction: 'both',
    });
    expect(await rtt(OTHER)).toBeGreaterThan(385);
    expect(await rtt(OTHER6)).toBeGreaterThan(385);
    expect(await drive.end(delay, both)).toMatchObject({ is: 'yes' });
  });

  test('all of our own interface is slow, and our connection is not', async () => {
    const injection = await drive.inject(delay, { delay: '10s', interface: 'eth0', direction: 'both' });
    const from = performance.now();
    expect(await drive.effect(delay, injection)).toMatchObject({ is: 'yes' });
    expect(await on('true')).toBe('');
    expect(performance.now() - from).toBeLessThan(20_000);
    expect(await drive.end(delay, injection)).toMatchObject({ is: 'yes' });
  });

  test('ports: only those are late', async () => {
    const get = async (port: number): Promise<number> =>
      Number(
        await on(`s=$(date +%s%N); nc -z -w 5 ${OTHER} ${port}; echo $((($(date +%s%N) - s) / 1000000))`),
      );
    const injection = await drive.inject(delay, {
      delay: '400ms',
      to: [OTHER],
      ports: ['80-90'],
      protocol: 'tcp',
    });
    expect(await get(80)).toBeGreaterThan(395);
    expect(await get(22)).toBeLessThan(350);
    expect(await drive.end(delay, injection)).toMatchObject({ is: 'yes' });
  });

  test('loss by netem: a share of the packets, which nobody is told of', async () => {
    const injection = await drive.inject(loss, { loss: '50%', to: [OTHER] });
    const said = await on(`ping -n -q -c 100 -i 0.02 -W 1 ${OTHER}`);
    const lost = Number(/([\d.]+)% packet loss/.exec(said)?.[1]);
    expect(lost).toBeGreaterThan(20);
    expect(lost).toBeLessThan(80);
    expect(said).not.toContain('not permitted');
    expect(await on('tc qdisc show dev eth1')).toMatch(/netem .*loss 50%/);
    expect(await drive.effect(loss, injection)).toMatchObject({ is: 'yes' });
    expect(await drive.end(loss, injection)).toMatchObject({ is: 'yes' });
  });

  test('rate: what goes through in a second', async () => {
    const injection = await drive.inject(rate, { rate: '1Mbit', to: [OTHER] });
    // 40 pings of 5000 bytes, one way, are 1.6 Mbit.
    const ran = await on(
      `s=$(date +%s%N); ping -n -q -f -c 40 -s 5000 -w 20 ${OTHER}; echo "took $((($(date +%s%N) - s) / 1000000))"`,
    );
    expect(Number(/took (\d+)/.exec(ran)?.[1])).toBeGreaterThan(1_300);
    expect(await drive.effect(rate, injection)).toMatchObject({ is: 'yes' });
    expect(await drive.end(rate, injection)).toMatchObject({ is: 'yes' });
  });

  test('what somebody set up is refused by name, and loss goes by nftables instead', async () => {
    await on('tc qdisc add dev eth1 root handle 7: prio');
    const shown = await state();
    expect(await drive.plan(delay, { delay: '10ms', to: [OTHER] })).toMatchObject({
      problem: { code: 'target-unsuitable', message: expect.stringContaining('prio 7:') },
    });
    const injection = await drive.inject(loss, { loss: '100%', to: [OTHER] });
    expect(await rtt(OTHER)).toBeNaN();
    expect(await drive.end(loss, injection)).toMatchObject({ is: 'yes' });
    expect(await state()).toBe(shown);
    await on('tc qdisc del dev eth1 root; tc qdisc add dev eth1 clsact');
    expect(await drive.plan(delay, { delay: '10ms', to: [OTHER], direction: 'in' })).toMatchObject({
      problem: { message: expect.stringContaining('clsact') },
    });
    await on('tc qdisc del dev eth1 clsact');
  });

  test('two of ours on one interface: the second is refused and names the first', async () => {
    const injection = await drive.inject(delay, { delay: '10ms', to: [OTHER] });
    expect(await drive.plan(rate, { rate: '1Mbit', to: [OTHER6] })).toMatchObject({
      problem: { message: expect.stringContaining(injection.id) },
    });
    expect(await drive.end(delay, injection)).toMatchObject({ is: 'yes' });
  });

  test('cut off from everybody, the host still answers us', async () => {
    const injection = await drive.inject(partition, { from: ['all'] });
    expect(await rtt(OTHER)).toBeNaN();
    expect(await drive.effect(partition, injection)).toMatchObject({ is: 'yes' });
    expect(await drive.end(partition, injection)).toMatchObject({ is: 'yes' });
    expect(await rtt(OTHER)).toBeLessThan(200);
  });

  test('our connection cut too: the host undoes it by itself', async () => {
    const planned = await drive.plan(partition, { from: ['all'], controller: 'cut' });
    if (!planned.ok) throw new Error(planned.problem.message);
    const short = { ...planned.value, lease_s: 6, deadline_s: 12 };
    expect(await drive.begin(partition, short)).toMatchObject({});
    let answers = false;
    for (let tries = 0; tries < 30 && !answers; tries += 1)
      answers = (await machines.machine('vm1').ssh('true', { timeout_ms: 4_000 })).code === 0;
    expect(answers).toBe(true);
    for (let tries = 0; tries < 30 && (await on('nft list tables')) !== ''; tries += 1) await on('sleep 1');
    expect(await on('nft list tables')).toBe('');
  });
});
