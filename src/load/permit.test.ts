import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { options, serveHttp, until, watch } from './fake-servers.ts';
import { startLoad } from './load.ts';
import type { EndReason } from './messages.ts';
import type { LoadOptions, Permit } from './options.ts';
import { grantPermit, isPermitted, newPermitFile, revokePermit } from './permit-file.ts';

const granted: string[] = [];
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const file of granted.splice(0)) revokePermit(file);
});

function permit(more: Partial<Permit> = {}): Permit {
  const file = newPermitFile();
  granted.push(file);
  expect(grantPermit(file, 'a test')).toMatchObject({ ok: true });
  return { file, lease_ms: 60_000, deadline_ms: 60_000, ...more };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A server that counts what it gets. */
async function counting() {
  let received = 0;
  const server = await serveHttp((_, answer) => {
    received += 1;
    answer.end('ok');
  });
  return { url: server.url, received: () => received, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
}

/** Starts a load with a permit and resolves with the reason for which it ended by itself. */
async function endOf(given: LoadOptions, meanwhile: (renew: () => void) => void): Promise<EndReason> {
  const ended = Promise.withResolvers<EndReason>();
  const listener = { operations: () => undefined, health: () => undefined, died: () => undefined };
  const load = await startLoad(given, { ...listener, ended: ended.resolve }, new AbortController().signal);
  if (!load.ok) throw new TypeError(load.problem.cause);
  meanwhile(load.value.renew);
  const why = await ended.promise;
  await load.value.stop();
  return why;
}

test('a load ends by itself when it is not renewed for its lease', async () => {
  await using server = await counting();
  const begun = performance.now();
  const given = options(server.url, { permit: permit({ lease_ms: 500 }) });
  expect(await endOf(given, (renew) => setTimeout(renew, 300))).toBe('not-renewed');
  expect(performance.now() - begun).toBeGreaterThan(750);
});

test('a load ends at its deadline however often it is renewed', async () => {
  await using server = await counting();
  const renewing: NodeJS.Timeout[] = [];
  const given = options(server.url, { permit: permit({ lease_ms: 300, deadline_ms: 1_000 }) });
  expect(await endOf(given, (renew) => renewing.push(setInterval(renew, 50)))).toBe('deadline');
  for (const timer of renewing) clearInterval(timer);
});

test('a load ends when its permit is taken away, also what waits for a connection', async () => {
  await using server = await serveHttp(() => undefined);
  const given = options(server.url, { permit: permit(), connections: 2, timeout_ms: 1_000 });
  const watched = await watch(given);
  await sleep(300);
  revokePermit(given.permit?.file ?? '');
  await watched.load.stop();
  const waiting = watched.rows.filter(({ kind }) => kind === 'missed');
  expect(waiting.length).toBeGreaterThan(3);
  expect(waiting[0]).toMatchObject({ sent: null, detail: 'not sent: the load was ended' });
});

test('without a permit nothing is sent at all', async () => {
  await using server = await counting();
  const given = options(server.url, { permit: { ...permit(), file: newPermitFile() } });
  expect(await endOf(given, () => undefined)).toBe('revoked');
  expect(server.received()).toBe(0);
});

/** A process with a load, whose main thread then does `then`. */
function loadIn(given: { url: string; permit: Permit; then: string }): ChildProcess {
  const code = `import { startLoad } from '${new URL('./load.ts', import.meta.url).href}';
    const options = { url: '${given.url}', method: 'GET', headers: [], expected: [[200, 299]], rate_per_s: 100,
      timeout_ms: 1000, connections: 4, seed: 's', clockStart: process.hrtime.bigint(),
      permit: ${JSON.stringify(given.permit)} };
    const listener = { operations() {}, health() {}, died() {} };
    const load = await startLoad(options, listener, new AbortController().signal);
    ${given.then}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
  children.push(child);
  return child;
}

test('a load ends by itself while the main thread of its process hangs', async () => {
  await using server = await counting();
  const then = 'for (;;);';
  loadIn({ url: server.url, permit: permit({ lease_ms: 1_000 }), then });
  await until(() => server.received() > 20);
  await sleep(2_500);
  const received = server.received();
  await sleep(700);
  expect(server.received()).toBe(received);
});

test('a process that was stopped while its permit was taken away sends nothing when it goes on', async () => {
  await using server = await counting();
  const given = permit();
  const then = 'setInterval(() => load.value.renew(), 100);';
  const child = loadIn({ url: server.url, permit: given, then });
  await until(() => server.received() > 20);
  child.kill('SIGSTOP');
  await sleep(300);
  const received = server.received();
  revokePermit(given.file);
  child.kill('SIGCONT');
  await sleep(700);
  expect(server.received()).toBe(received);
});

test('a permit is a file of our own, given once and taken away as often as one likes', () => {
  const { file } = permit();
  expect(isPermitted(file)).toBe(true);
  expect(grantPermit(file, 'again')).toMatchObject({ ok: true });
  expect(revokePermit(file)).toMatchObject({ ok: true });
  expect(revokePermit(file)).toMatchObject({ ok: true });
  expect(existsSync(file)).toBe(false);
  expect(grantPermit('/proc/nowhere/permit', 'x')).toMatchObject({ ok: false });
});
