import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { type FakePod, fakePods } from '../app/fake-pod.ts';
import { until } from '../cluster/test-support.ts';

const pods = fakePods();
const servers: Server[] = [];
afterEach(async () => {
  await pods.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

interface Seen {
  method: string;
  path: string;
  key: string | undefined;
  body: string;
}

/** A backend that answers each try by its number (from 0), and remembers what it was sent. */
async function backend(
  answer: (number: number, ...rest: Parameters<RequestListener>) => void,
): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    const key = headers['idempotency-key'];
    seen.push({ method, path, key: key?.toString(), body: Buffer.concat(chunks).toString() });
    answer(seen.length - 1, request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const frontend = (url: string, env: Record<string, string> = {}): Promise<FakePod> =>
  pods.start('poll-app/frontend.ts', { BACKEND_URL: url, RETRY_BACKOFF_MS: '1', ...env });

const vote = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/polls/default/vote`, { method: 'POST', body: '{"option":"Go"}', headers });

/** The frontend's counts, as `name{labels}`. */
async function counts(url: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.matchAll(/^(frontend_(?:requests|attempts|retries)_total(?:\{.*\})?) (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, name = '', value]) => [name, Number(value)]));
}

/** Fails the first `times` tries with 500, then answers 201. */
const failing =
  (times: number): Parameters<typeof backend>[0] =>
  (number, _request, response) => {
    const status = number < times ? 500 : 201;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ number }));
  };

describe('the frontend', () => {
  test('passes requests and answers on as they are, and refuses what is not its', async () => {
    const { url: to, seen } = await backend((_number, _request, response) => {
      response.writeHead(418, { 'content-type': 'text/x-tea' }).end('short and stout');
    });
    const { url } = await frontend(to);
    const response = await fetch(`${url}/api/polls/default/votes?after=3`);
    expect([response.status, response.headers.get('content-type')]).toEqual([418, 'text/x-tea']);
    expect(await response.text()).toBe('short and stout');
    expect(seen).toEqual([
      { method: 'GET', path: '/api/polls/default/votes?after=3', key: undefined, body: '' },
    ]);
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    const large = await fetch(`${url}/api/x`, { method: 'POST', body: 'x'.repeat(20_000) });
    expect(large.status).toBe(413);
    expect(seen).toHaveLength(1);
  });

  test('does not retry unless told', async () => {
    const { url: to, seen } = await backend(failing(1));
    const { url } = await frontend(to);
    expect((await vote(url)).status).toBe(500);
    expect(seen).toHaveLength(1);
    expect(await counts(url)).toEqual({
      'frontend_requests_total{status="500"}': 1,
      'frontend_attempts_total{status="500"}': 1,
      frontend_retries_total: 0,
    });
  });

  test('retries, counts each try, and sends the same body and key each time', async () => {
    const { url: to, seen } = await backend(failing(2));
    const { url } = await frontend(to, { RETRIES: '3' });
    const response = await vote(url);
    expect([response.status, await response.json()]).toEqual([201, { number: 2 }]);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
    expect(seen[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen.map(({ body }) => body)).toEqual(Array.from({ length: 3 }, () => '{"option":"Go"}'));
    expect(await counts(url)).toEqual({
      'frontend_requests_total{status="201"}': 1,
      'frontend_attempts_total{status="500"}': 2,
      'frontend_attempts_total{status="201"}': 1,
      frontend_retries_total: 2,
    });
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('frontend_request_duration_seconds_count{status="201"} 1\n');
  });

  test('gives the last answer where no try succeeded; 4xx is no reason to retry', async () => {
    const { url: to, seen } = await backend(failing(9));
    const { url } = await frontend(to, { RETRIES: '2' });
    const response = await vote(url, { 'idempotency-key': 'voter' });
    expect([response.status, await response.json()]).toEqual([500, { number: 2 }]);
    expect(seen.map(({ key }) => key)).toEqual(['voter', 'voter', 'voter']);
    const refusing = await backend((_number, _request, answer) => void answer.writeHead(404).end());
    const other = await frontend(refusing.url, { RETRIES: '2' });
    expect((await vote(other.url)).status).toBe(404);
    expect(refusing.seen).toHaveLength(1);
  });

  test('tells no connection, a broken one and a late answer apart, and retries those it is told to', async () => {
    const broken = await backend((_number, request) => request.socket.resetAndDestroy());
    const late = await backend(() => undefined);
    const away = 'http://127.0.0.1:1';
    const env = { RETRIES: '1', TRY_TIMEOUT_MS: '300', RETRY_ON: 'connect, reset' };
    const [noOne, resetting, slow] = await Promise.all([
      frontend(away, env),
      frontend(broken.url, env),
      frontend(late.url, env),
    ]);
    const statuses = await Promise.all(
      [noOne, resetting, slow].map(async ({ url }) => (await vote(url)).status),
    );
    expect(statuses).toEqual([502, 502, 504]);
    expect(await counts(noOne.url)).toMatchObject({ 'frontend_attempts_total{status="connect"}': 2 });
    expect(await counts(resetting.url)).toMatchObject({ 'frontend_attempts_total{status="reset"}': 2 });
    expect(await counts(slow.url)).toMatchObject({
      'frontend_attempts_total{status="timeout"}': 1,
      frontend_retries_total: 0,
    });
  });

  test('a connection that breaks inside the answer is a broken one', async () => {
    const { url: to } = await backend((number, request, response) => {
      if (number > 0) {
        response.writeHead(201).end('whole');
        return;
      }
      response.writeHead(201, { 'content-length': '100' });
      response.write('half', () => request.socket.destroy());
    });
    const { url } = await frontend(to, { RETRIES: '1' });
    const response = await vote(url);
    expect([response.status, await response.text()]).toEqual([201, 'whole']);
    expect(await counts(url)).toMatchObject({ 'frontend_attempts_total{status="reset"}': 1 });
  });

  test('stops trying for users who hang up', async () => {
    const { url: to, seen } = await backend(() => undefined);
    const { url } = await frontend(to, { RETRIES: '5', TRY_TIMEOUT_MS: '60000' });
    const user = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
    user.write('POST /api/polls/default/vote HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}');
    await until('the try has arrived', () => seen.length === 1);
    user.destroy();
    await until(
      'it is counted',
      async () => (await counts(url))['frontend_requests_total{status="499"}'] === 1,
    );
    expect(await counts(url)).toMatchObject({
      'frontend_attempts_total{status="hung-up"}': 1,
      frontend_retries_total: 0,
    });
  });

  test.each([
    ['0', ['a vote']],
    ['1', ['a vote', 'a vote', 'a vote']],
  ])(
    'a retry after a late answer stores a vote once; not where ids are ignored (%s)',
    async (ignore, ids) => {
      const directory = mkdtempSync(join(tmpdir(), 'aftershock-poll-'));
      onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
      const slow = await pods.start('poll-app/backend.ts', {
        VOTES_DB: join(directory, 'votes.db'),
        ARTIFICIAL_DELAY_MS: '1500',
        IGNORE_IDEMPOTENCY: ignore,
      });
      const { url } = await frontend(slow.url, { RETRIES: '2', TRY_TIMEOUT_MS: '500' });
      expect((await vote(url, { 'idempotency-key': 'a vote' })).status).toBe(504);
      const attempts = 'http_requests_total{method="POST",route="/api/polls/:id/vote",';
      await until('all tries are through', async () => {
        const text = await (await fetch(`${slow.url}/metrics`)).text();
        const lines = text.split('\n').filter((line) => line.startsWith(attempts));
        return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0) === 3;
      });
      const page = (await (await fetch(`${slow.url}/api/polls/default/votes`)).json()) as {
        votes: { id: string }[];
      };
      expect(page.votes.map(({ id }) => id)).toEqual(ids);
    },
  );

  test('is ready without backends, and says which words of RETRY_ON it does not know', async () => {
    const { url, complaints } = await frontend('http://127.0.0.1:1', { RETRY_ON: '5xx,gateway' });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(complaints()).toContain('RETRY_ON knows 5xx, connect, reset, timeout, not gateway');
  });
});
