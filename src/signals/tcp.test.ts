import { createServer, type Server, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { contextOf } from './fake-context.ts';
import { type FakeSink, fakeSink } from './pods/fake-sink.ts';
import { tcp } from './tcp.ts';

const within = { timeout: 15_000 };

async function watch(config: object, options: object = {}) {
  const sink = fakeSink();
  const context = contextOf(sink);
  const started = await tcp.start(
    { ...context, options: { rate_per_s: 20, timeout_ms: 500, ...options } },
    tcp.config.parse(config),
  );
  if (!started.ok) throw new Error(started.problem.message);
  onTestFinished(() => started.value.stop());
  return { sink, stop: () => started.value.stop() };
}

async function serve(port: number, onSocket: (socket: Socket) => void): Promise<Server> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return server;
}

const kinds = ({ rows }: FakeSink): string[] => [...new Set(rows.map(({ kind }) => kind))];

test('connections that stand, at the rate, and none after the stop', async () => {
  let met = 0;
  await serve(30_820, () => {
    met += 1;
  });
  const { sink, stop } = await watch({ to: '127.0.0.1:30820' });
  expect(sink.said).toEqual([{ is: 'observing' }]);
  await expect.poll(() => sink.rows.length, within).toBeGreaterThan(10);
  await stop();
  expect(kinds(sink)).toEqual(['ok']);
  expect(met).toBe(sink.rows.length);
  const [first, second] = sink.rows;
  expect((second?.intended ?? 0) - (first?.intended ?? 0)).toBeCloseTo(50e6, -6);
});

test('a line each way, and another line than the expected one', async () => {
  await serve(30_821, (socket) => {
    socket.on('data', (text) => socket.write(String(text) === 'PING\r\n' ? '+PO' : '-ERR who\r\n'));
    setTimeout(() => socket.write('NG\r\n'), 20);
  });
  const good = await watch({ to: 'localhost:30821', send: 'PING', expect: '+PONG' });
  await expect.poll(() => good.sink.rows.length, within).toBeGreaterThan(2);
  expect(kinds(good.sink)).toEqual(['ok']);
  const bad = await watch({ to: '127.0.0.1:30821', send: 'HELLO', expect: '+PONG' });
  await expect.poll(() => bad.sink.rows.length, within).toBeGreaterThan(0);
  expect(bad.sink.rows[0]).toMatchObject({ kind: 'protocol', detail: expect.stringContaining('-ERR who') });
});

test('refused, reset, closed, silent, no such name: each by its kind', async () => {
  await serve(30_823, (socket) => socket.resetAndDestroy());
  await serve(30_824, (socket) => socket.end());
  await serve(30_825, () => undefined);
  for (const [to, kind] of [
    ['127.0.0.1:30822', 'refused'],
    ['127.0.0.1:30823', 'reset'],
    ['127.0.0.1:30824', 'closed'],
    ['127.0.0.1:30825', 'timeout'],
    ['no-such-name.invalid:1', 'dns'],
  ] as const) {
    const { sink, stop } = await watch({ to, expect: 'x' }, { timeout_ms: 1_500 });
    await expect.poll(() => sink.rows.length, within).toBeGreaterThan(0);
    await stop();
    expect(kinds(sink), to).toEqual([kind]);
    expect(sink.rows[0]?.detail, to).not.toBe('');
  }
}, 60_000);

test('its settings', () => {
  const parses = (to: string): boolean => tcp.config.safeParse({ to }).success;
  for (const to of ['127.0.0.1:1', 'db:5432', '[::1]:65535']) expect(parses(to), to).toBe(true);
  for (const to of ['127.0.0.1', ':1', '::1:1', 'a:0', 'a:65536', 'a b:1'])
    expect(parses(to), to).toBe(false);
});
