import { expect, test } from 'vitest';
import { serveHttp } from '../fake-servers.ts';
import { readBack } from './read-back.ts';

const reading = (read: string, more: object = {}) => ({
  ledger: { read, list: 'items', id: 'id', next: 'next', ...more },
  headers: [['x-team', 'blue']] as const,
  prefix: 'me',
  signal: AbortSignal.timeout(5_000),
});

test('reads every page, counts our own ids only, and passes headers and parameters on', async () => {
  const pages: Record<string, unknown> = {
    '': {
      items: [{ id: 'me-0' }, { id: 'you-1' }, { id: 'me-1' }, { id: 'me-x' }, { id: 'me-01' }],
      next: 7,
    },
    '7': { items: [{ id: 'me-1' }, { id: 'mean-3' }, { id: 12 }], next: 'c d' },
    'c d': { items: [{ id: 'me-20' }], next: null },
  };
  const asked: string[] = [];
  await using server = await serveHttp((request, response) => {
    asked.push(`${request.url} ${request.headers['x-team']}`);
    const after = new URL(request.url ?? '', 'http://x').searchParams.get('from') ?? '';
    response.end(JSON.stringify(pages[after]));
  });
  const read = await readBack(reading(`${server.url}all?limit=5`, { after: 'from' }));
  expect(read).toEqual({
    ok: true,
    value: new Map([
      [0, 1],
      [1, 2],
      [20, 1],
    ]),
  });
  expect(asked).toEqual(['/all?limit=5 blue', '/all?limit=5&from=7 blue', '/all?limit=5&from=c+d blue']);
});

test('an answer may be the list, and its items the ids', async () => {
  await using server = await serveHttp((_, response) => response.end('["me-3","me-3"]'));
  const read = await readBack({ ...reading(server.url), ledger: { read: server.url } });
  expect(read).toEqual({ ok: true, value: new Map([[3, 2]]) });
});

test('a page that fails is asked for again, without counting twice', async () => {
  let asked = 0;
  await using server = await serveHttp((_, response) => {
    asked += 1;
    if (asked === 1) response.writeHead(503).end('starting');
    else if (asked === 2) response.destroy();
    else response.end('{"items":[{"id":"me-0"}]}');
  });
  expect(await readBack(reading(server.url))).toEqual({ ok: true, value: new Map([[0, 1]]) });
  expect(asked).toBe(3);
});

test.each([
  ['no list', '{"things":[]}', 'has no list at `items`'],
  ['no id', '{"items":[{"name":"x"}]}', 'no id at `id`: {"name":"x"}'],
  ['pages that go round', '{"items":[{"id":"me-0"}],"next":1}', 'go round'],
])('%s is a reason at once', async (_, body, why) => {
  await using server = await serveHttp((_request, response) => response.end(body));
  const read = await readBack(reading(server.url));
  expect(read.ok ? '' : read.problem).toContain(why);
});

test.each([
  [503, 'no backend', '503 no backend'],
  [200, '<html>', 'not JSON: <html>'],
])('%i with %s until the deadline is the reason', async (status, body, why) => {
  await using server = await serveHttp((_request, response) => response.writeHead(status).end(body));
  const read = await readBack({ ...reading(server.url), signal: AbortSignal.timeout(700) });
  expect(read.ok ? '' : read.problem).toContain(why);
});

test('a server that never answers, or is not there, does not outlast the deadline', async () => {
  const server = await serveHttp(() => undefined);
  const silent = await readBack({ ...reading(server.url), signal: AbortSignal.timeout(400) });
  expect(silent).toEqual({ ok: false, problem: 'no complete answer in time' });
  await server[Symbol.asyncDispose]();
  const gone = await readBack({ ...reading(server.url), signal: AbortSignal.timeout(400) });
  expect(gone.ok ? '' : gone.problem).toContain('ECONNREFUSED');
});
