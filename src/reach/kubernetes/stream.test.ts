import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { WatchEnd, WatchEvent } from '../../model/contracts/world.ts';
import { type FakeApi, startFakeApi } from './fake-api.ts';

let fake: FakeApi | undefined;

afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

/** Watches what a scripted server sends until the stream ends. */
async function watchScript(
  script: (response: ServerResponse, request: IncomingMessage) => void,
  signal: AbortSignal = AbortSignal.timeout(20_000),
): Promise<{ end: WatchEnd; events: WatchEvent[]; opened: number }> {
  fake = await startFakeApi((request, response) => script(response, request));
  const events: WatchEvent[] = [];
  let opened = 0;
  const onOpen = (): void => {
    opened += 1;
  };
  const end = await fake.api.watch(
    { path: '/pods', query: {}, onOpen },
    (event) => events.push(event),
    signal,
  );
  return { end, events, opened };
}

test('events come line by line, however the bytes are cut, bookmarks too', async () => {
  const bytes = Buffer.from(line('ADDED', { name: 'größe' }) + line('BOOKMARK', { v: 2 }));
  const { end, events, opened } = await watchScript(async (response) => {
    response.writeHead(200);
    for (const byte of bytes) {
      response.write(Buffer.of(byte));
      if (byte > 127) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end();
  });
  expect(events).toEqual([
    { type: 'ADDED', object: { name: 'größe' } },
    { type: 'BOOKMARK', object: { v: 2 } },
  ]);
  expect(end).toEqual({ why: 'ended' });
  expect(opened).toBe(1);
});

test('a stream that is cut ends without a word, and half a line is no event', async () => {
  const { end, events } = await watchScript((response, request) => {
    response.writeHead(200).write(`${line('ADDED', { a: 1 })}{"type":"ADD`, () => {
      setTimeout(() => request.socket.destroy(), 50);
    });
  });
  expect(events).toHaveLength(1);
  expect(end).toEqual({ why: 'ended' });
});

test('history that is gone: as a status and as an event', async () => {
  const status = await watchScript((response) => response.writeHead(410).end('{"code":410}'));
  expect(status.end).toEqual({ why: 'gone' });
  expect(status.opened).toBe(0);
  await fake?.stop();
  const event = await watchScript((response) => {
    response.writeHead(200).write(line('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }));
  });
  expect(event.end).toEqual({ why: 'gone' });
});

test('a refusal, another error event and rubbish are failures with their text', async () => {
  const refused = await watchScript((response) =>
    response.writeHead(403).end('{"reason":"Forbidden","message":"pods is forbidden"}'),
  );
  expect(refused.end).toMatchObject({ why: 'failed', failure: { status: 403, text: 'pods is forbidden' } });
  await fake?.stop();
  const error = await watchScript((response) =>
    response.writeHead(200).write(line('ERROR', { code: 500, message: 'etcdserver: no leader' })),
  );
  expect(error.end).toMatchObject({ why: 'failed', failure: { text: 'etcdserver: no leader' } });
  await fake?.stop();
  const rubbish = await watchScript((response) => response.writeHead(200).write('<html>\n'));
  expect(rubbish.end).toMatchObject({ why: 'failed', failure: { reason: 'unreadable' } });
});

test('cancelling ends an open stream', async () => {
  const stop = new AbortController();
  const { end } = await watchScript((response) => {
    response.writeHead(200).flushHeaders();
    setTimeout(() => stop.abort(), 50);
  }, stop.signal);
  expect(end).toEqual({ why: 'aborted' });
});
