import { randomInt } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where a connection may go. */
export interface Backend {
  ip: string;
  port: number;
}

/** A TCP port on 127.0.0.1 that spreads connections at random over backends, as kube-proxy does. */
export interface Balancer {
  /** New connections go to these from now on; with none they are refused. Open connections stay where they are. */
  balance(backends: readonly Backend[]): void;
  stop(): Promise<void>;
}

const RETRY_MS = 500;

/** Makes a balancer of connections, never of requests: a kept-alive connection stays with its backend until it ends. */
export function createBalancer(port: number, troubled: (text: string) => void): Balancer {
  const open = new Set<Socket>();
  let backends: readonly Backend[] = [];
  let server: Server | undefined;
  let retry: NodeJS.Timeout | undefined;
  let stopped = false;
  let toldOfTrouble = false;

  const listen = (): void => {
    if (stopped || server !== undefined || backends.length === 0) return;
    const next = createServer({ noDelay: true, allowHalfOpen: true }, accept);
    server = next;
    next.on('error', (error) => {
      if (!toldOfTrouble) troubled(`cannot listen on 127.0.0.1:${port}: ${error.message}; trying again`);
      toldOfTrouble = true;
      if (server === next) server = undefined;
      retry = setTimeout(listen, RETRY_MS);
    });
    next.listen({ host: '127.0.0.1', port, backlog: 1024 });
  };
  const accept = (client: Socket): void => {
    const backend = backends[backends.length > 1 ? randomInt(backends.length) : 0];
    if (backend === undefined) {
      client.resetAndDestroy();
      return;
    }
    open.add(client);
    client.once('close', () => open.delete(client));
    join(client, connect({ host: backend.ip, port: backend.port, noDelay: true, allowHalfOpen: true }));
  };
  return {
    balance(next) {
      backends = next;
      if (next.length > 0) listen();
      else {
        // The kernel refuses for us while nobody listens.
        server?.close();
        server = undefined;
      }
    },
    async stop() {
      stopped = true;
      clearTimeout(retry);
      for (const client of open) client.resetAndDestroy();
      const closing = server;
      if (closing?.listening === true) await new Promise((resolve) => closing.close(resolve));
    },
  };
}

/**
 * Passes bytes both ways. An end is passed on as an end where the backend had nothing left to answer, else as a
 * reset: a process that dies in the middle of a request resets its connection.
 */
function join(client: Socket, backend: Socket): void {
  let unanswered = false;
  pass(client, backend, () => {
    unanswered = true;
  });
  pass(backend, client, () => {
    unanswered = false;
  });
  client.on('end', () => backend.end());
  backend.on('end', () => {
    if (unanswered) {
      client.resetAndDestroy();
      backend.destroy();
    } else client.end();
  });
  client.on('error', () => backend.resetAndDestroy());
  backend.on('error', () => client.resetAndDestroy());
  client.on('close', () => backend.destroy());
  backend.on('close', () => {
    if (!client.writableEnded) client.destroy();
  });
}

function pass(from: Socket, to: Socket, seen: () => void): void {
  from.on('data', (chunk) => {
    seen();
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
}
