import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs, needsRoot } from '../../../test/support/needs.ts';
import { networkDelay as delay } from './delay.ts';
import { HOST, type Network, network, PEER } from './fake-network.ts';
import { networkLoss as loss } from './loss.ts';

const PINGS = 200;

describe.skipIf(!needsRoot() || !needs('ip') || !needs('nft'))('network.loss in namespaces', () => {
  let net: Network;
  beforeAll(() => {
    net = network();
  });
  afterAll(() => net.down());

  /** How many of some pings are answered. */
  const answered = (where: 'host' | 'peer', address: string): number => {
    const ran = net.run(where, `ping -n -q -c ${PINGS} -i 0.005 -W 1 ${address}`);
    return Number(/(\d+) received/.exec(ran.out)?.[1]);
  };

  test.each(['out', 'in'])('half of what goes %s is lost, and of nobody else', async (direction) => {
    const injection = await net.inject(loss, { loss: '50%', to: [PEER.ip], direction });
    // Six standard deviations of a fair coin are 42 of 200.
    const got = answered('host', PEER.ip);
    expect(got).toBeGreaterThan(50);
    expect(got).toBeLessThan(150);
    expect(answered('host', PEER.ip6)).toBe(PINGS);
    expect(await net.effect(loss, injection)).toMatchObject({ is: 'yes' });
    expect(await net.end(loss, injection)).toMatchObject({ is: 'yes' });
    expect(answered('peer', HOST.ip)).toBe(PINGS);
    expect(net.run('host', 'nft list ruleset; tc qdisc show dev eth0').out).not.toMatch(/aftershock|netem/);
  });

  test('where nothing comes by itself, it pings', async () => {
    const injection = await net.inject(loss, { loss: '90%', to: [PEER.ip6] });
    const look = await net.effect(loss, injection);
    expect(look).toMatchObject({ is: 'yes', evidence: expect.stringContaining('we tried: ping') });
    await net.end(loss, injection);
  });

  test('what came by proves nothing as long as none of it was dropped', async () => {
    // One connection is refused by two packets: one in five thousand such tests sees a drop.
    const injection = await net.inject(loss, {
      loss: '0.01%',
      to: [PEER.ip],
      ports: [30_900],
      protocol: 'tcp',
    });
    expect(await net.effect(loss, injection)).toEqual({
      is: 'unsure',
      evidence: expect.stringMatching(
        /: [1-9]\d* packets (came by|went through netem) and none was dropped yet.*30900/,
      ),
    });
    await net.end(loss, injection);
  });

  test('one in a hundred is seen', async () => {
    const injection = await net.inject(loss, { loss: '1%', to: [PEER.ip] });
    let look = await net.effect(loss, injection);
    for (let looks = 1; looks < 4 && look.is !== 'yes'; looks += 1) look = await net.effect(loss, injection);
    expect(look).toMatchObject({ is: 'yes', evidence: expect.stringContaining(`ping ${PEER.ip}`) });
    await net.end(loss, injection);
  });

  test('everybody needs a default route, or an interface', async () => {
    expect(await net.plan(delay, { delay: '10ms', to: ['10.99.0.1'] })).toMatchObject({ ok: false });
    expect(await net.plan(loss, { loss: '1%', interface: 'eth0' })).toMatchObject({ ok: true });
  });
});
