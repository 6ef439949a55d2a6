import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { needs, needsRoot } from '../../test/support/needs.ts';
import { ok } from '../model/result.ts';
import { localHost } from '../reach/hosts/local.ts';
import { worldOf } from '../reach/world.ts';
import { contextOf } from './fake-context.ts';
import { ping } from './ping.ts';
import { type FakeSink, fakeSink } from './pods/fake-sink.ts';

const here = localHost('here', []);
const within = { timeout: 15_000 };
const hasPing = needs('ping');

async function watch(config: object): Promise<{ sink: FakeSink; stop: () => Promise<void> }> {
  const sink = fakeSink();
  const started = await ping.start(
    { ...contextOf(sink), world: worldOf({ host: () => ok(here) }) },
    ping.config.parse(config),
  );
  if (!started.ok) throw new Error(started.problem.message);
  onTestFinished(() => started.value.stop());
  return { sink, stop: () => started.value.stop() };
}

const kinds = ({ rows }: FakeSink): string[] => rows.map(({ kind }) => kind);

describe.runIf(hasPing)('ping', () => {
  test('of this machine is answered, from here and from a host, and stops when told', async () => {
    for (const from of [{}, { host: 'here' }]) {
      const { sink, stop } = await watch({ to: '127.0.0.1', every: '200ms', ...from });
      expect(sink.said[0]).toEqual({ is: 'observing' });
      await expect.poll(() => sink.rows.length, within).toBeGreaterThan(3);
      await stop();
      const count = sink.rows.length;
      expect(new Set(kinds(sink))).toEqual(new Set(['ok']));
      for (const { intended, done } of sink.rows) expect((done ?? 0) - intended).toBeLessThan(0.5e9);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(sink.rows.length).toBe(count);
    }
  });

  test('a name that does not exist fails as such, again and again', async () => {
    const { sink } = await watch({ to: 'no-such-name.invalid', every: '200ms' });
    await expect.poll(() => sink.rows.length, { timeout: 30_000 }).toBeGreaterThan(1);
    expect(sink.rows[0]).toMatchObject({ kind: 'dns', sent: null });
  }, 60_000);

  test('can be sent from there, or the check says what is missing', async () => {
    const never = new AbortController().signal;
    const world = worldOf({ host: () => ok(here) });
    expect(await ping.check?.(world, ping.config.parse({ to: '127.0.0.1', host: 'here' }), never)).toEqual(
      ok(undefined),
    );
    const bare = worldOf({
      host: () => ok({ ...here, run: async () => ok({ code: 127, stdout: '', stderr: 'there is no ping' }) }),
    });
    expect(
      await ping.check?.(bare, ping.config.parse({ to: '127.0.0.1', host: 'here' }), never),
    ).toMatchObject({
      problem: { code: 'rights-missing', fix: expect.stringContaining('iputils') },
    });
  });

  test('an address is an address, never an option', () => {
    for (const to of ['-f', '', 'a b', '127.0.0.1:80', '$(id)'])
      expect(ping.config.safeParse({ to }).success, to).toBe(false);
    for (const to of ['127.0.0.1', '::1', 'fe80::1%eth0', 'db-1.example.com'])
      expect(ping.config.safeParse({ to }).success, to).toBe(true);
  });
});

const ip = (...args: string[]): boolean => spawnSync('ip', args).status === 0;
const space = `as-ping-${process.pid}`;
const [outer, inner] = [`asp${process.pid % 1e6}a`, `asp${process.pid % 1e6}b`];
const canIsolate = hasPing && needs('ip') && needsRoot();

describe.runIf(canIsolate)('ping of a network namespace', () => {
  beforeAll(() => {
    ip('netns', 'add', space);
    ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner);
    ip('link', 'set', inner, 'netns', space);
    ip('addr', 'add', '10.231.8.1/24', 'dev', outer);
    ip('link', 'set', outer, 'up');
    ip('-n', space, 'addr', 'add', '10.231.8.2/24', 'dev', inner);
    ip('-n', space, 'link', 'set', inner, 'up');
  });
  afterAll(() => {
    ip('link', 'del', outer);
    ip('netns', 'del', space);
  });

  test('whose link goes down and comes back: answers, silence, answers', async () => {
    const { sink } = await watch({ to: '10.231.8.2', every: '200ms', timeout: '500ms' });
    await expect.poll(() => kinds(sink), within).toContain('ok');
    ip('-n', space, 'link', 'set', inner, 'down');
    await expect.poll(() => kinds(sink).at(-1), within).toMatch(/timeout|unreachable/);
    const failed = sink.rows.length;
    await expect.poll(() => sink.rows.length, within).toBeGreaterThan(failed + 2);
    ip('-n', space, 'link', 'set', inner, 'up');
    await expect.poll(() => kinds(sink).slice(-3), within).toEqual(['ok', 'ok', 'ok']);
    expect(sink.said.every(({ is }) => is === 'observing')).toBe(true);
  });

  test('with nobody at the address', async () => {
    const { sink } = await watch({ to: '10.231.8.77', every: '200ms', timeout: '10s' });
    await expect.poll(() => kinds(sink), within).toContain('unreachable');
    expect(sink.rows[0]?.detail).toContain('Unreachable');
  });
});
