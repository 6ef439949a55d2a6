import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../cluster/test-support.ts';
import { openVotes } from './votes.ts';

let directory: string;
let backends: ChildProcess[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aftershock-poll-'));
  backends = [];
});
afterEach(async () => {
  for (const one of backends) {
    if (one.exitCode !== null || one.signalCode !== null) continue;
    one.kill('SIGKILL');
    await once(one, 'exit');
  }
  rmSync(directory, { recursive: true, force: true });
});

interface Running {
  child: ChildProcess;
  url: string;
}

async function start(env: Record<string, string> = {}): Promise<Running> {
  const port = await freePort();
  const script = join(import.meta.dirname, 'backend.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    env: { HOST: '127.0.0.1', PORT: String(port), VOTES_DB: join(directory, 'votes.db'), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  backends.push(child);
  await once(child.stdout ?? child, 'data');
  return { child, url: `http://127.0.0.1:${port}` };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const vote = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/polls/default/vote`, { method: 'POST', body: JSON.stringify(body), headers });
const results = async (url: string): Promise<unknown> => (await fetch(`${url}/api/polls/default`)).json();

describe('the poll app', () => {
  test('counts votes, over two backends that share one file', async () => {
    const [a, b] = [await start(), await start()];
    const statuses = await Promise.all(
      Array.from(
        { length: 40 },
        async (_, index) => (await vote(index % 2 ? a.url : b.url, { option: 'Rust' })).status,
      ),
    );
    expect(new Set(statuses)).toEqual(new Set([201]));
    expect(await results(a.url)).toMatchObject({ id: 'default', total: 40 });
    expect(await results(b.url)).toEqual(await results(a.url));
  });

  test('counts a vote once, however often its id is sent', async () => {
    const { url } = await start();
    expect((await vote(url, { option: 'Go', id: 'vote-1' })).status).toBe(201);
    expect((await vote(url, { option: 'Go', id: 'vote-1' })).status).toBe(200);
    expect((await vote(url, { option: 'Go' }, { 'idempotency-key': 'vote-1' })).status).toBe(200);
    expect(await results(url)).toMatchObject({ total: 1 });
  });

  test('refuses what is not a vote', async () => {
    const { url } = await start();
    const unknown = await vote(url, { option: 'COBOL' });
    expect([unknown.status, await unknown.json()]).toMatchObject([400, { error: 'Unknown option "COBOL"' }]);
    expect((await vote(url, {})).status).toBe(400);
    expect((await vote(url, 'x'.repeat(20_000))).status).toBe(413);
    expect((await fetch(`${url}/api/polls/default/vote`)).status).toBe(405);
    expect((await fetch(`${url}/api/polls/other`)).status).toBe(404);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect(await results(url)).toMatchObject({ total: 0 });
  });

  test('tells Prometheus what it did', async () => {
    const { url } = await start();
    await vote(url, { option: 'Python' });
    const text = await (await fetch(`${url}/metrics`)).text();
    const request = 'method="POST",route="/api/polls/:id/vote",status="201"';
    expect(text).toContain(`http_requests_total{${request}} 1\n`);
    expect(text).toContain(`http_request_duration_seconds_bucket{${request},le="+Inf"} 1\n`);
    expect(text).toContain(`http_request_duration_seconds_count{${request}} 1\n`);
    expect(text).toContain('votes_total{option="Python"} 1\n');
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(text).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
  });

  test('can be made slow: its API, not its probes', async () => {
    const { url } = await start({ ARTIFICIAL_DELAY_MS: '600' });
    const begun = performance.now();
    await fetch(`${url}/readyz`);
    const probed = performance.now();
    await results(url);
    expect(performance.now() - probed).toBeGreaterThanOrEqual(595);
    expect(probed - begun).toBeLessThan(595);
  });

  test('can be made faulty', async () => {
    const { url } = await start({ ERROR_RATE: '0.5' });
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const response = await vote(url, { option: 'Go' });
        if (response.status === 500) expect(await response.json()).toEqual({ error: 'Injected failure' });
        return response.status;
      }),
    );
    // Outside of this with a chance of 1 in 10^7.
    expect(statuses.filter((one) => one === 500).length).toBeGreaterThan(23);
    expect(statuses.filter((one) => one === 201).length).toBeGreaterThan(23);
  });

  test('on SIGTERM is no longer ready, finishes what it has begun, closes idle connections and ends', async () => {
    const { child, url } = await start({ ARTIFICIAL_DELAY_MS: '700' });
    const idle = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
    idle.write('GET /healthz HTTP/1.1\r\nhost: backend\r\n\r\n');
    await once(idle, 'data');
    const closed = once(idle, 'end');
    const begun = results(url);
    await until('the request has arrived', async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return true;
    });
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(await begun).toMatchObject({ id: 'default' });
    expect(code).toBe(0);
    await closed;
    idle.destroy();
  });
});

test('votes that two connections cast at once all count', () => {
  const path = join(directory, 'votes.db');
  const [a, b] = [openVotes(path, ['x', 'y']), openVotes(path, ['x', 'y'])];
  for (let index = 0; index < 100; index++) {
    const voter = index % 2 ? a : b;
    expect(voter.cast({ id: `v${index}`, poll: 'default', option: 'x', by: 'test' })).toBe('recorded');
  }
  expect(a.results('default')).toEqual({ x: 100, y: 0 });
  expect(a.results('nothing')).toBeUndefined();
  a.close();
  b.close();
});
