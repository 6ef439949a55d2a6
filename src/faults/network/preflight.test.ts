import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { needs, needsRoot } from '../../../test/support/needs.ts';
import type { AnyFault } from '../../model/contracts/fault.ts';
import type { World } from '../../model/contracts/world.ts';
import { netnsHost } from '../../reach/hosts/netns.ts';
import { type Pretence, pretending } from './fake-host.ts';
import { type Network, network, PEER } from './fake-network.ts';
import { networkLoss as loss } from './loss.ts';
import { networkPartition as partition } from './partition.ts';
import { networkReset as reset } from './reset.ts';

const NETEM = ['netem', 'prio', 'ifb', 'ingress', 'mirred', 'flower'];
const OURS = '192.0.2.9 40000 10.76.0.1 2222';

describe.skipIf(!needsRoot() || !needs('ip') || !needs('nft'))('before a network fault', () => {
  let net: Network;
  const stubs = mkdtempSync(join(tmpdir(), 'aftershock-nft-'));
  const path = process.env['PATH'];
  beforeAll(() => {
    net = network();
  });
  afterEach(() => {
    process.env['PATH'] = path;
  });
  afterAll(async () => {
    rmSync(stubs, { recursive: true, force: true });
    await net.down();
  });

  /** nft of a kernel that lacks something: it fails where its input holds a text. */
  function nftWithout(text: string, said: string): void {
    const stub = `#!/bin/sh\nread_all=$(cat)\ncase $read_all in *'${text}'*) echo '${said}' >&2; exit 1 ;; esac\n`;
    writeFileSync(join(stubs, 'nft'), stub);
    chmodSync(join(stubs, 'nft'), 0o755);
    process.env['PATH'] = `${stubs}:${path}`;
  }
  const worldOf = (pretence: Pretence = {}): World => pretending(netnsHost('pg1', net.host, []), pretence);
  async function prepare(fault: AnyFault, given: object, pretence?: Pretence) {
    const world = worldOf(pretence);
    const params = fault.params.parse(given);
    const signal = AbortSignal.timeout(30_000);
    const found = await fault.resolve(world, { target: { host: 'pg1' }, params }, signal);
    const [target] = found.ok ? found.value.found : [];
    if (target === undefined) throw new Error('no target');
    return fault.prepare(world, { target, params }, signal);
  }
  const to = [PEER.ip];

  test('a kernel takes the tables that the faults use, and none of it stays', async () => {
    const given = { ports: [80, '90-95'], local_ports: [1], interface: 'eth0' };
    expect(await prepare(partition, { from: [PEER.ip, PEER.ip6], ...given })).toMatchObject({ ok: true });
    expect(
      await prepare(partition, { from: ['all'] }, { kind: 'ssh', peer: 'fd76::2 4 fd76::1 22' }),
    ).toMatchObject({ ok: true });
    expect(await prepare(loss, { loss: '1%', to, ...given }, { can: [] })).toMatchObject({ ok: true });
    expect(await prepare(loss, { loss: '100%', to }, { can: [] })).toMatchObject({ ok: true });
    expect(net.run('host', 'nft list ruleset').out).toBe('');
  });

  test.each([
    [
      'table inet',
      'Error: Could not process rule: Operation not supported',
      'nf_tables with the family inet',
    ],
    ['chain in', '/dev/stdin:2:1-2: Error: Could not process rule: No such file or directory', 'nft_counter'],
  ])('partition: a kernel without %s is named before anything is done', async (text, said, part) => {
    nftWithout(text, said);
    expect(await prepare(partition, { from: to })).toMatchObject({
      problem: {
        code: 'target-unsuitable',
        message: expect.stringMatching(
          new RegExp(
            `^network.partition needs nftables, and the host pg1 has a kernel \\(\\S+\\) that does not take .*${part}.*Could not`,
          ),
        ),
        fix: expect.stringContaining('modprobe nf_tables'),
      },
    });
  });
  test('partition: where we may not, that is said', async () => {
    nftWithout('', 'netlink: Error: cache initialization failed: Operation not permitted');
    expect(await prepare(partition, { from: to })).toMatchObject({
      problem: { code: 'rights-missing', fix: expect.stringContaining('CAP_NET_ADMIN') },
    });
  });

  test('loss: one of its two ways is enough', async () => {
    const byNetem = await prepare(loss, { loss: '1%', to }, { missing: ['nft'], can: NETEM });
    expect(byNetem).toMatchObject({
      value: { does: expect.arrayContaining([expect.stringMatching(/netem loss 1%/)]) },
    });
    const byNft = await prepare(loss, { loss: '1%', to }, { missing: ['tc', 'unshare'], can: NETEM });
    expect(byNft).toMatchObject({
      value: {
        notes: [expect.stringMatching(/^By nftables instead of netem, because tc, unshare are not there/)],
      },
    });
    nftWithout('numgen', 'Error: Could not process rule: No such file or directory');
    expect(await prepare(loss, { loss: '1%', to }, { can: NETEM })).toMatchObject({ ok: true });
    expect(await prepare(loss, { loss: '100%', to }, { can: [] })).toMatchObject({ ok: true });
  });
  test('loss: with neither, both are named', async () => {
    const kernel = await prepare(loss, { loss: '1%', to }, { missing: ['nft'], can: [] });
    expect(kernel).toMatchObject({
      problem: {
        message: expect.stringMatching(
          /by netem not, because the kernel .* has no sch_netem.*by nftables not, because nft is not there/,
        ),
        fix: expect.stringMatching(/nftables.*For netem: use a kernel/),
      },
    });
    nftWithout('numgen', 'Error: Could not process rule: No such file or directory');
    expect(await prepare(loss, { loss: '1%', to }, { missing: ['tc'], can: [] })).toMatchObject({
      problem: { message: expect.stringContaining('nft_numgen'), fix: expect.stringContaining('iproute2') },
    });
  });

  test('partition from everybody says who is let through, where nobody else is', async () => {
    const ssh = { kind: 'ssh', peer: OURS } as const;
    const noted = async (given: object, pretence: Pretence = ssh): Promise<boolean> => {
      const planned = await prepare(partition, given, pretence);
      if (!planned.ok) throw new Error(planned.problem.message);
      return (planned.value.notes ?? []).some((note) => note.startsWith('Only 192.0.2.9 reaches the host'));
    };
    expect(await noted({ from: ['all'] })).toBe(true);
    expect(await noted({ from: ['all'], local_ports: ['2000-3000'] })).toBe(true);
    expect(await noted({ from: ['all'], local_ports: [80] })).toBe(false);
    expect(await noted({ from: ['all'], ports: [80] })).toBe(false);
    expect(await noted({ from: ['all'], protocol: 'icmp' })).toBe(false);
    expect(await noted({ from: to })).toBe(false);
    expect(await noted({ from: ['all'] }, {})).toBe(false);
  });
  test('reset says whether our own connection can break, and whose else', async () => {
    const ssh = { kind: 'ssh', peer: OURS } as const;
    expect(await prepare(reset, { to }, ssh)).toMatchObject({ value: { cutsControlPath: false } });
    expect(await prepare(reset, { to, controller: 'cut' }, ssh)).toMatchObject({
      value: { cutsControlPath: true },
    });
    expect(await prepare(reset, { to }, { kind: 'local' })).toMatchObject({
      value: { cutsControlPath: false, notes: [expect.stringContaining('ssh sessions')] },
    });
  });
  test('a name that only the system file knows: what to write instead', async () => {
    expect(await prepare(partition, { from: ['pg2.invalid'] })).toMatchObject({
      problem: { code: 'target-missing', fix: expect.stringMatching(/^Write its address, .*system file/) },
    });
  });
});
