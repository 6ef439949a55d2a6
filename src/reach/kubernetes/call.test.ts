import { afterEach, expect, test } from 'vitest';
import { type FakeApi, startFakeApi } from './fake-api.ts';
import { listAll } from './list.ts';

let fake: FakeApi | undefined;
const never = new AbortController().signal;

afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

const post = { method: 'POST', path: '/x', body: {}, deadline_ms: 300 } as const;

test('an answer that does not come in time is a timeout, and a write then uncertain', async () => {
  fake = await startFakeApi(() => undefined);
  const read = await fake.api.request({ method: 'GET', path: '/x', deadline_ms: 300 }, never);
  const write = await fake.api.request(post, never);
  const text = 'no answer within the deadline';
  expect(read).toEqual({ ok: false, problem: { status: 0, reason: 'timeout', text, uncertain: false } });
  expect(write).toEqual({ ok: false, problem: { status: 0, reason: 'timeout', text, uncertain: true } });
});

test('a write whose connection is reset is uncertain; before and in the middle of the answer', async () => {
  fake = await startFakeApi((request, response) => {
    if (request.method === 'POST') request.socket.destroy();
    else response.writeHead(200, { 'Content-Length': '100' }).write('{"a":', () => request.socket.destroy());
  });
  const before = await fake.api.request(post, never);
  const middle = await fake.api.request({ ...post, method: 'PUT' }, never);
  expect(before).toMatchObject({ ok: false, problem: { status: 0, reason: 'reset', uncertain: true } });
  expect(middle).toMatchObject({ ok: false, problem: { status: 0, reason: 'reset', uncertain: true } });
});

test('a write to a closed port was surely not made', async () => {
  fake = await startFakeApi(() => undefined);
  const { api } = fake;
  await fake.stop();
  const refused = await api.request(post, never);
  expect(refused).toMatchObject({ ok: false, problem: { reason: 'refused', uncertain: false } });
});

test('cancelling ends a call at once', async () => {
  fake = await startFakeApi(() => undefined);
  const cancelled = await fake.api.request({ method: 'GET', path: '/x' }, AbortSignal.abort());
  expect(cancelled).toMatchObject({ ok: false, problem: { reason: 'aborted' } });
});

test('the exact text of a Status is kept; a 504 leaves a write uncertain, a 409 does not', async () => {
  const text = 'Timeout: request did not complete within requested timeout - context deadline exceeded';
  fake = await startFakeApi((request, response) => {
    const status = request.url === '/late' ? 504 : 409;
    const body = { kind: 'Status', reason: status === 504 ? 'Timeout' : 'Conflict', message: text };
    response.writeHead(status).end(JSON.stringify(body));
  });
  const late = await fake.api.request({ ...post, path: '/late' }, never);
  const conflict = await fake.api.request(post, never);
  expect(late).toEqual({ ok: false, problem: { status: 504, reason: 'Timeout', text, uncertain: true } });
  expect(conflict).toMatchObject({ problem: { status: 409, reason: 'Conflict', uncertain: false } });
});

test('credentials, body and patch type go with a request; the server’s clock comes back', async () => {
  let seen: Record<string, unknown> = {};
  fake = await startFakeApi((request, response) => {
    seen = { ...request.headers, url: request.url, method: request.method };
    response.setHeader('Date', 'Sat, 01 Jan 2000 00:00:00 GMT').end('{"a":1}');
  });
  const answer = await fake.api.request(
    { method: 'PATCH', path: '/x', patch: 'json', body: [], query: { a: 'b c' } },
    never,
  );
  expect(answer).toEqual({ ok: true, value: { a: 1 } });
  expect(seen).toMatchObject({
    authorization: 'Bearer secret-token',
    'content-type': 'application/json-patch+json',
    url: '/x?a=b+c',
    method: 'PATCH',
  });
  expect(fake.api.serverTime() - Date.parse('2000-01-01T00:00:00Z')).toBeLessThan(60_000);
});

test('a collection is read page by page', async () => {
  fake = await startFakeApi((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    const second = url.searchParams.get('continue') === 'more';
    const metadata = second ? { resourceVersion: '9' } : { resourceVersion: '9', continue: 'more' };
    response.end(JSON.stringify({ metadata, items: [{ n: second ? 2 : 1 }] }));
  });
  const listed = await listAll(fake.api, { path: '/x' }, never);
  expect(listed).toEqual({ ok: true, value: { items: [{ n: 1 }, { n: 2 }], version: '9' } });
});

test('text comes as it is, and a refusal in its own words', async () => {
  fake = await startFakeApi((request, response) => {
    if (request.url?.startsWith('/text')) response.end(`${request.headers.accept} ${request.url}`);
    else response.writeHead(503).end('{"message":"error trying to reach service"}');
  });
  const wanted = { path: '/text', query: { a: 'b' }, accept: 'text/plain' };
  expect(await fake.api.text(wanted, never)).toEqual({ ok: true, value: 'text/plain /text?a=b' });
  expect(await fake.api.text({ path: '/other' }, never)).toMatchObject({
    problem: { status: 503, text: 'error trying to reach service' },
  });
});
