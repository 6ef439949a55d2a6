import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakePod, fakePods } from '../app/fake-pod.ts';
import { until } from '../cluster/test-support.ts';
import { openVotes } from './votes.ts';

let directory: string;
const pods = fakePods();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aftershock-poll-'));
});
afterEach(async () => {
  await pods.stop();
  rmSync(directory, { recursive: true, force: true });
});

const start = (env: Record<string, string> = {}): Promise<FakePod> =>
  pods.start('poll-app/backend.ts', { VOTES_DB: join(directory, 'votes.db'), ...env });

const vote = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/polls/default/vote`, { method: 'POST', body: JSON.stringify(body), headers });
const results = async (url: string): Promise<unknown> => (await fetch(`${url}/api/polls/default`)).json();

interface Page {
  votes: { number: number; id: string; option: string }[];
  next: number | null;
}
const ledger = async (url: string, query = ''): Promise<Page> =>
  (await (await fetch(`${url}/api/polls/default/votes${query}`)).json()) as Page;

const statusAt =
  (url: string) =>
  async (path: string): Promise<number> =>
    (await fetch(`${url}${path}`)).status;

async function timed(url: string): Promise<number> {
  const begun = performance.now();
  await (await fetch(url)).text();
  return performance.now() - begun;
}

const residentMb = (pid: number | undefined): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function cpuSeconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
}

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

  test('lists its stored votes in order, page by page', async () => {
    const { url } = await start();
    for (const id of ['a', 'b', 'c', 'd', 'e']) await vote(url, { option: 'Go', id });
    await vote(url, { option: 'Go', id: 'c' });
    const first = await ledger(url, '?limit=2');
    expect(first.votes.map(({ id, option }) => [id, option])).toEqual([
      ['a', 'Go'],
      ['b', 'Go'],
    ]);
    const second = await ledger(url, `?limit=2&after=${first.next}`);
    const last = await ledger(url, `?limit=2&after=${second.next}`);
    expect([...second.votes, ...last.votes].map(({ id }) => id)).toEqual(['c', 'd', 'e']);
    expect(last.next).toBeNull();
    const numbers = (await ledger(url)).votes.map(({ number }) => number);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(5);
  });

  test.each(['limit=0', 'limit=10001', 'limit=x', 'after=-1', 'after=1.5'])(
    'refuses a page of its ledger that makes no sense: %s',
    async (query) => {
      const { url } = await start();
      const response = await fetch(`${url}/api/polls/default/votes?${query}`);
      expect([response.status, await response.json()]).toEqual([
        400,
        { error: 'after must be a whole number, and limit one from 1 to 10000' },
      ]);
      expect((await fetch(`${url}/api/polls/other/votes`)).status).toBe(404);
    },
  );

  test('told to ignore ids it stores each arrival, and the ledger has the id twice', async () => {
    const { url } = await start({ IGNORE_IDEMPOTENCY: '1' });
    const sent = [await vote(url, { option: 'Go', id: 'x' }), await vote(url, { option: 'Go', id: 'x' })];
    expect(sent.map(({ status }) => status)).toEqual([201, 201]);
    expect((await ledger(url)).votes.map(({ id }) => id)).toEqual(['x', 'x']);
    expect(await results(url)).toMatchObject({ total: 2 });
  });

  test("takes the voter's own id before the key of a proxy", async () => {
    const { url } = await start();
    await vote(url, { option: 'Go', id: 'mine' }, { 'idempotency-key': 'of a proxy' });
    expect((await ledger(url)).votes).toMatchObject([{ id: 'mine' }]);
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

  test('with DELAY_PROBES its delay reaches both probes, from SLOW_AFTER_S on; never the ledger', async () => {
    const { url } = await start({ ARTIFICIAL_DELAY_MS: '1000', DELAY_PROBES: '1', SLOW_AFTER_S: '4' });
    const early = await timed(`${url}/readyz`);
    await until('it is slow', async () => (await timed(`${url}/readyz`)) > 995);
    expect(early).toBeLessThan(995);
    expect(await timed(`${url}/healthz`)).toBeGreaterThanOrEqual(995);
    expect(await timed(`${url}/api/polls/default/votes`)).toBeLessThan(995);
  });

  test('can answer readiness late, and nothing else', async () => {
    const { url } = await start({ READY_DELAY_MS: '1500' });
    expect(await timed(`${url}/readyz`)).toBeGreaterThanOrEqual(1495);
    expect(await timed(`${url}/healthz`)).toBeLessThan(1495);
    expect(await timed(`${url}/api/polls/default`)).toBeLessThan(1495);
  });

  test('can be never ready, though it lives and works', async () => {
    const { url } = await start({ NEVER_READY: '1' });
    const statuses = await Promise.all(['/readyz', '/healthz', '/api/polls/default'].map(statusAt(url)));
    expect(statuses).toEqual([503, 200, 200]);
  });

  test('can fall sick some time after its start', async () => {
    const { url } = await start({ LIVENESS_FAILS_AFTER_S: '4' });
    expect(await statusAt(url)('/healthz')).toBe(200);
    await until('it is sick', async () => (await statusAt(url)('/healthz')) === 500);
    expect(await statusAt(url)('/readyz')).toBe(200);
  });

  test('can leak memory at a rate, for real', async () => {
    const { child, url } = await start({ MEMORY_LEAK_MB_PER_S: '50' });
    const begun = performance.now();
    const before = residentMb(child.pid);
    await until('it has taken 100 MB', () => residentMb(child.pid) - before > 100);
    expect(performance.now() - begun).toBeGreaterThan(500);
    expect(await statusAt(url)('/healthz')).toBe(200);
  });

  test('can burn CPU for each vote, within its limit', async () => {
    const { url } = await start({ CPU_MS_PER_VOTE: '50', CPU_LIMIT: '0.5' });
    const before = await cpuSeconds(url);
    const begun = performance.now();
    await Promise.all(Array.from({ length: 10 }, () => vote(url, { option: 'Go' })));
    expect((await cpuSeconds(url)) - before).toBeGreaterThanOrEqual(0.5);
    // Half a second of work at half a core; without the limit it takes as long as the work.
    expect(performance.now() - begun).toBeGreaterThan(800);
  });

  test('says which of its settings it does not understand, and does without', async () => {
    const { url, complaints } = await start({ ERROR_RATE: '20%', ARTIFICIAL_DELAY_MS: '-1' });
    expect((await vote(url, { option: 'Go' })).status).toBe(201);
    expect(complaints()).toContain('ERROR_RATE=20% is not a number from 0 to 1; 0 is used');
    expect(complaints()).toContain('ARTIFICIAL_DELAY_MS=-1 is not a number of at least 0; 0 is used');
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
