import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { needs } from '../../test/support/needs.ts';
import type { Host } from '../model/contracts/world.ts';
import { ok } from '../model/result.ts';
import { localHost } from '../reach/hosts/local.ts';
import { worldOf } from '../reach/world.ts';
import { type FakeDns, startDns } from './dns/fake-server.ts';
import { dnsKinds, leavesOpen, toldBy, toldTwice } from './dns/kinds.ts';
import { dns } from './dns.ts';
import { contextOf } from './fake-context.ts';
import { type FakeSink, fakeSink } from './pods/fake-sink.ts';

const PORT = 30_810;
const within = { timeout: 20_000 };
const world = worldOf({ host: () => ok(localHost('here', [])) });
let server: FakeDns;

beforeAll(async () => {
  server = await startDns(PORT);
});
afterAll(() => server.close());

async function watch(config: object, on = world): Promise<FakeSink> {
  const sink = fakeSink();
  const parsed = dns.config.parse({ every: '300ms', timeout: '1s', ...config });
  const started = await dns.start({ ...contextOf(sink), world: on }, parsed);
  if (!started.ok) throw new Error(started.problem.message);
  onTestFinished(() => started.value.stop());
  return sink;
}

const hasDig = needs('dig');
const answers = [
  ['there', 'ok'],
  ['nodata', 'nodata'],
  ['nxdomain', 'nxdomain'],
  ['servfail', 'servfail'],
  ['refused', 'refused'],
  ['silent', 'timeout'],
] as const;

describe.each([
  { from: 'here', more: {}, can: true },
  { from: 'a host', more: { host: 'here' }, can: hasDig },
])('a named server asked from $from', ({ more, can }) => {
  test.runIf(can).each(answers)(
    '%s: %s',
    async (label, kind) => {
      const sink = await watch({ name: `${label}.example.com`, server: server.address, ...more });
      await expect.poll(() => sink.rows.length, within).toBeGreaterThan(1);
      for (const row of sink.rows) {
        expect(row).toMatchObject({ kind });
        const took_ms = ((row.done ?? 0) - row.intended) / 1e6;
        if (kind === 'timeout') expect(took_ms).toBeGreaterThan(900);
        else expect(took_ms).toBeLessThan(900);
      }
      expect(sink.said[0]).toEqual({ is: 'observing' });
    },
    30_000,
  );

  test.runIf(can)(
    'a server that is not there',
    async () => {
      const sink = await watch({ name: 'there.example.com', server: '127.0.0.1:30811', ...more });
      await expect.poll(() => sink.rows[0]?.kind, within).toMatch(/^(unreachable|timeout)$/);
    },
    30_000,
  );

  test("the system's own way", async () => {
    const sink = await watch({ name: 'localhost', ...more });
    await expect.poll(() => sink.rows[0]?.kind, within).toBe('ok');
  }, 30_000);
});

describe("what a host's getent leaves open", () => {
  /** This machine, whose getent finds nothing and whose resolv.conf names our server. */
  function fakeHost(dig: string | undefined): Host {
    const bin = mkdtempSync(join(tmpdir(), 'aftershock-dns-'));
    onTestFinished(() => rmSync(bin, { recursive: true, force: true }));
    const write = (name: string, text: string): void =>
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    write('getent', 'exit 2');
    for (const name of ['sh', 'sleep', 'timeout', 'date']) write(name, `exec /usr/bin/${name} "$@"`);
    if (dig !== undefined) write('dig', dig);
    const here = localHost('here', []);
    return {
      ...here,
      run: (script, signal) => here.run({ ...script, script: `PATH=${bin}\n${script.script}` }, signal),
    };
  }

  async function rowOf(label: string, dig: string | undefined) {
    const on = worldOf({ host: () => ok(fakeHost(dig)) });
    const sink = await watch({ name: `${label}.example.com`, host: 'here' }, on);
    await expect.poll(() => sink.rows.length, within).toBeGreaterThan(1);
    expect(sink.said[0]).toEqual({ is: 'observing' });
    return sink.rows[0];
  }

  const ours = `exec /usr/bin/dig -p ${PORT} @127.0.0.1 "$@"`;

  test
    .runIf(hasDig)
    .each([...answers.filter(([label]) => label !== 'there'), ['there', 'unresolved'] as const])(
    'dig tells: %s is %s, and is not part of the latency',
    async (label, kind) => {
      const row = await rowOf(label, ours);
      expect(row).toMatchObject({
        kind,
        detail: expect.stringMatching(/getent .* asked right after by dig/),
      });
      expect(((row?.done ?? 0) - (row?.intended ?? 0)) / 1e6).toBeLessThan(900);
    },
    30_000,
  );

  test('without dig it is not known, and said so', async () => {
    const row = await rowOf('servfail', undefined);
    expect(row).toMatchObject({ kind: 'unresolved', detail: expect.stringContaining('does not say why') });
  }, 30_000);
});

test.each([
  ['EAI_AGAIN', 'ESERVFAIL', 'servfail'],
  ['EAI_AGAIN', 'ETIMEOUT', 'timeout'],
  ['EAI_AGAIN', 'ECONNREFUSED', 'unreachable'],
  ['EAI_AGAIN', 'EREFUSED', 'refused'],
  ['EAI_FAIL', 'EREFUSED', 'refused'],
  ['ENOTFOUND', 'ENOTFOUND', 'nxdomain'],
  ['ENOTFOUND', 'ENODATA', 'nodata'],
  // What contradicts the system, or ended early, explains nothing.
  ['ENOTFOUND', 'ESERVFAIL', 'unresolved'],
  ['EAI_AGAIN', 'ENOTFOUND', 'unresolved'],
  ['EAI_AGAIN', 'ECANCELLED', 'unresolved'],
  ['EAI_AGAIN', undefined, 'unresolved'],
])('getaddrinfo says %s, its server then %s: %s', (system, servers, kind) => {
  expect(leavesOpen(system)).toBe(true);
  const then = servers === undefined ? undefined : { code: servers, text: '' };
  const told = toldTwice({ code: system, text: 'getaddrinfo x' }, then);
  expect(told.kind).toBe(kind);
  expect(told.detail).toContain(system);
});

test("from here the system's own servers make the error exact, or it stays open", async () => {
  expect(leavesOpen('ETIMEOUT')).toBe(false);
  const sink = await watch({ name: 'no-such-name.invalid' });
  await expect.poll(() => sink.rows[0]?.kind, within).toBeDefined();
  // What the resolver of this machine is like is not known here; but no cause is named without an answer of its server.
  expect(sink.rows[0]?.kind).not.toBe('ok');
  if (sink.rows[0]?.kind !== 'timeout') expect(sink.rows[0]?.detail).toContain('asked right after');
});

test('its settings, and what is missing on a host', async () => {
  const parses = (config: object): boolean => dns.config.safeParse({ name: 'x', ...config }).success;
  for (const address of ['10.0.0.53', '10.0.0.53:5353', 'fd00::53', '[fd00::53]:5353'])
    expect(parses({ server: address }), address).toBe(true);
  for (const wrong of [{ server: 'ns.example.com' }, { name: '-x' }, { name: '@x' }, { type: 'MX' }])
    expect(parses(wrong), JSON.stringify(wrong)).toBe(false);
  const never = new AbortController().signal;
  const bare = worldOf({
    host: () =>
      ok({
        ...localHost('here', []),
        run: async () => ok({ code: 127, stdout: '', stderr: 'there is no dig' }),
      }),
  });
  const wanted = dns.config.parse({ name: 'x', host: 'here' });
  expect(await dns.check?.(bare, wanted, never)).toMatchObject({ problem: { code: 'rights-missing' } });
  expect(await dns.check?.(world, wanted, never)).toEqual(ok(undefined));
});

test('property: whatever dig or getent says is one of the known ends', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      ';; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 7',
      ';; communications error to 127.0.0.1#30811: connection refused',
      ';; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1',
    ),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), fc.array(line), (code, lines) => {
      const { kind, detail } = toldBy(code, lines);
      expect(['ok', ...dnsKinds]).toContain(kind);
      if (kind !== 'ok') expect(detail).not.toBe('');
      if (code !== 0 && !lines.some((one) => one.includes('status:'))) expect(kind).not.toBe('ok');
    }),
  );
});
