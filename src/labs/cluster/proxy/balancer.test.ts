import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../test-support.ts';
import { type Backend, type Balancer, createBalancer } from './balancer.ts';

let balancer: Balancer;
let port: number;
let servers: Server[];
let trouble: string[];

beforeEach(async () => {
  servers = [];
  trouble = [];
  port = (await serve(() => {})).port;
  servers.shift()?.close();
  balancer = createBalancer(port, (text) => trouble.push(text));
});
afterEach(async () => {
  await balancer.stop();
  for (const server of servers) server.close();
});

async function serve(answer: (socket: Socket) => void, at = 0): Promise<Backend> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    answer(socket);
  });
  server.listen(at, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return { ip: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

async function open(): Promise<Socket> {
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const failed: unknown = await once(socket, 'connect').then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failed === undefined) return socket;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function read(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  return Promise.race([
    once(socket, 'end').then(() => text),
    once(socket, 'error').then(([error]) => `${text}${(error as NodeJS.ErrnoException).code}`),
  ]).catch((error: NodeJS.ErrnoException) => `${text}${error.code}`);
}

test('spreads connections over its backends at random', async () => {
  const named = (name: string) => serve((socket) => socket.end(name));
  balancer.balance([await named('a'), await named('b')]);
  const seen = await Promise.all(Array.from({ length: 60 }, async () => read(await open())));
  // All to one with a chance of 2^-59.
  expect(new Set(seen)).toEqual(new Set(['a', 'b']));
});

test('leaves an open connection with its backend when that is no longer chosen', async () => {
  const echo = await serve((socket) => socket.pipe(socket));
  balancer.balance([echo]);
  const kept = await open();
  kept.write('one');
  await once(kept, 'data');
  balancer.balance([await serve((socket) => socket.end('other'))]);
  kept.end('two');
  expect(await read(kept)).toBe('two');
  await until('new ones go to the other', async () => (await read(await open())) === 'other');
});

test('carries large streams both ways whole, and passes half-closed connections', async () => {
  const echo = await serve((socket) => socket.pipe(socket));
  balancer.balance([echo]);
  const socket = await open();
  const sent = 'x'.repeat(8 * 1024 * 1024);
  socket.end(sent);
  expect((await read(socket)) === sent).toBe(true);
});

test('refuses while it has no backend', async () => {
  balancer.balance([await serve((socket) => socket.end('a'))]);
  await read(await open());
  balancer.balance([]);
  await until('refused', async () => {
    const socket = connect({ port, host: '127.0.0.1' });
    const [error] = await once(socket, 'error').catch((reason) => [reason]);
    return error.code === 'ECONNREFUSED';
  });
  balancer.balance([await serve((socket) => socket.end('b'))]);
  expect(await read(await open())).toBe('b');
});

test('resets a connection whose backend is away, or ends before it has answered', async () => {
  const deaf = await serve((socket) => socket.once('data', () => socket.destroy()));
  balancer.balance([deaf]);
  const asking = await open();
  asking.write('question');
  expect(await read(asking)).toBe('ECONNRESET');
  const gone = await serve(() => {});
  servers.at(-1)?.close();
  balancer.balance([gone]);
  expect(await read(await open())).toBe('ECONNRESET');
});

test('ends an idle connection in peace when its backend ends', async () => {
  const polite = await serve((socket) =>
    socket.once('data', () => {
      socket.write('answer');
      setTimeout(() => socket.end(), 50);
    }),
  );
  balancer.balance([polite]);
  const socket = await open();
  socket.write('question');
  expect(await read(socket)).toBe('answer');
});

test('waits for its port when that is taken', async () => {
  await serve((socket) => socket.end('somebody else'), port);
  const taken = servers.at(-1);
  balancer.balance([await serve((socket) => socket.end('ours'))]);
  await until('trouble', () => trouble.length === 1);
  expect(trouble[0]).toContain(`127.0.0.1:${port}`);
  taken?.close();
  await until('ours', async () => (await read(await open())) === 'ours');
});
