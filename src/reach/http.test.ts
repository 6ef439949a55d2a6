import { expect, test } from 'vitest';
import { serveHttp, serveRaw } from '../load/fake-servers.ts';
import { addressOf, getText } from './http.ts';

const never = new AbortController().signal;
const wanted = (url: string, deadline_ms = 5_000) => ({ url, accept: 'text/plain', deadline_ms });

test('the whole text, with what is wanted and who we are', async () => {
  await using server = await serveHttp((request, response) => {
    const { accept, authorization, connection } = request.headers;
    response.end(`${request.method} ${request.url} ${accept} ${authorization} ${connection} ü`);
  });
  expect(await getText(wanted(`${server.url}metrics?a=b`), never)).toEqual({
    ok: true,
    value: 'GET /metrics?a=b text/plain undefined close ü',
  });
  const secret = server.url.replace('//', '//me:p%40ss@');
  const answer = await getText(wanted(secret), never);
  expect(answer.ok && answer.value).toContain(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
});

test('credentials leave the address', () => {
  expect(addressOf('http://me:secret@x/y').address.href).toBe('http://x/y');
  expect(addressOf('http://x/y')).toEqual({ address: new URL('http://x/y') });
});

test.each([
  [404, {}, 'not here', 'HTTP 404: not here'],
  [204, {}, '', 'HTTP 204'],
  [301, { location: '/login' }, '', 'HTTP 301 to /login'],
])('an answer %d is a failure in words', async (...[status, headers, body, text]) => {
  await using server = await serveHttp((_, response) => response.writeHead(status, headers).end(body));
  expect(await getText(wanted(server.url), never)).toEqual({ ok: false, problem: text });
});

test('an answer that comes too late, in its beginning or its end, and one that is cancelled', async () => {
  await using silent = await serveRaw(() => undefined);
  await using slow = await serveHttp((_, response) => response.write('a 1\n'));
  for (const { url } of [silent, slow])
    expect(await getText(wanted(url, 200), never)).toEqual({ ok: false, problem: 'no answer within 200 ms' });
  expect(await getText(wanted(silent.url), AbortSignal.timeout(100))).toEqual({
    ok: false,
    problem: 'the call was cancelled',
  });
});

test('an answer that has no end is refused', async () => {
  await using endless = await serveHttp((_, response) => {
    const piece = Buffer.alloc(2 ** 20, 'a');
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', more);
    more();
  });
  expect(await getText(wanted(endless.url, 30_000), never)).toEqual({
    ok: false,
    problem: 'the answer is larger than 32 MiB',
  });
});

test('nobody there', async () => {
  expect(await getText(wanted('http://127.0.0.1:31397/'), never)).toEqual({
    ok: false,
    problem: expect.stringContaining('ECONNREFUSED'),
  });
});
