import { type ChildProcess, spawn } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import type { Operation } from '../model/series.ts';
import { type RunningLoad, startLoad } from './load.ts';
import type { Health } from './messages.ts';
import type { LoadOptions } from './options.ts';

/** A server on loopback that ends with its scope. */
interface Served extends AsyncDisposable {
  url: string;
}

export async function serveHttp(handler: http.RequestListener): Promise<Served> {
  const server = http.createServer(handler);
  return listen(server, () => server.closeAllConnections());
}

/** Hands each connection to `talk`, which writes what it likes. */
export async function serveRaw(talk: (socket: net.Socket) => void): Promise<Served> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    talk(socket);
  });
  return listen(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

async function listen(server: net.Server, cut: () => void): Promise<Served> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}

/** A server in a process of its own, so that it can be frozen or run while this one is blocked. */
export async function serveApart(): Promise<Served & { child: ChildProcess }> {
  const code = `const s = require('node:http').createServer((q, r) => r.end('ok'));
    s.keepAliveTimeout = 60000;
    s.listen(0, '127.0.0.1', () => console.log(s.address().port));`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
  });
  return {
    url: `http://127.0.0.1:${port}/`,
    child,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

export const options = (url: string, more: Partial<LoadOptions> = {}): LoadOptions => ({
  url,
  method: 'GET',
  headers: [],
  expected: [[200, 299]],
  rate_per_s: 50,
  timeout_ms: 5_000,
  connections: 64,
  seed: 'seed',
  clockStart: process.hrtime.bigint(),
  ...more,
});

/** A load with everything that it told so far. */
export interface Watched {
  load: RunningLoad;
  rows: Operation[];
  health: Health[];
  deaths: string[];
  abort: () => void;
}

export async function watch(given: LoadOptions): Promise<Watched> {
  const rows: Operation[] = [];
  const health: Health[] = [];
  const deaths: string[] = [];
  const ending = new AbortController();
  const started = await startLoad(
    given,
    {
      operations: (ended) => rows.push(...ended),
      health: (one) => health.push(one),
      died: (why) => deaths.push(why),
    },
    ending.signal,
  );
  if (!started.ok) throw new TypeError(started.problem.cause);
  return { load: started.value, rows, health, deaths, abort: () => ending.abort() };
}

/** Waits until `done`, at most half a minute. */
export async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_500 && !done(); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Runs a load until it has told at least `count` operations, and stops it; rows in the order of intent. */
export async function run(given: LoadOptions, count: number): Promise<Operation[]> {
  const watched = await watch(given);
  await until(() => watched.rows.length >= count);
  await watched.load.stop();
  return watched.rows.sort((a, b) => a.intended - b.intended);
}
