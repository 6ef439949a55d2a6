import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { ok } from '../../model/result.ts';
import type { Identity } from './access.ts';
import { bootstrap } from './bootstrap.ts';
import { type Credentials, makeCredentials, userOf, writeKubeconfig } from './credentials.ts';
import type { Cluster, LogSource } from './http/call.ts';
import { handle, type Served } from './http/router.ts';
import { loadModels } from './kinds/fields.ts';
import { type Outcome, refuse } from './status.ts';
import type { Store } from './store.ts';
import type { UsageSource } from './usage.ts';
import { tendNamespaces } from './verbs/namespace.ts';

const HOST = '127.0.0.1';
const BOOKMARK_MS = 5_000;

/** What to serve, and where. */
export interface ApiServerOptions {
  store: Store;
  /** 0 takes any free port. */
  port: number;
  /** Where the kubeconfig files go. */
  directory: string;
  /** Where `kubectl logs` gets its lines from. */
  logs?: LogSource;
  /** Where metrics.k8s.io gets its values from; without it that group is listed, but answers 503. */
  usage?: UsageSource;
  /** The name of cluster and context in the kubeconfig; `aftershock-lab` by default. */
  name?: string;
  /** How often watches that ask for bookmarks get one, in ms; 5 s by default. */
  bookmarkMs?: number;
  /** How a watch from a forgotten version is refused: an ERROR event (the default), or HTTP status 410. */
  goneAs?: 'event' | 'status';
}

/** A running API server. */
export interface ApiServer {
  url: string;
  /** The user who may do everything. */
  kubeconfigPath: string;
  /** The user who may only read. */
  viewerKubeconfigPath: string;
  /** The API goes away: the port is closed, every connection is cut. State and watches' history stay. */
  pause: () => Promise<void>;
  /** The API comes back on the same port. */
  resume: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts the API on the loopback. Throws when the port is taken. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { store, directory, name = 'aftershock-lab', bookmarkMs = BOOKMARK_MS } = options;
  const models = loadModels();
  const credentials = await makeCredentials();
  const { logs, usage, goneAs = 'event' } = options;
  const cluster: Cluster = { store, logs, usage, bookmarkMs, goneAs };
  const served: Served = {
    cluster,
    models: () => models,
    identify: (request) => identify(credentials, request),
  };
  const server = createServer({ key: credentials.key, cert: credentials.cert }, (request, response) => {
    void handle(served, request, response);
  });
  server.keepAliveTimeout = 60_000;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  const port = await listen(server, options.port);
  bootstrap(store, { port, measured: usage !== undefined });
  const leaveNamespaces = tendNamespaces(store);
  const url = `https://${HOST}:${port}`;
  const write = (user: 'admin' | 'viewer') => writeKubeconfig(directory, credentials, { user, url, name });
  return {
    url,
    kubeconfigPath: await write('admin'),
    viewerKubeconfigPath: await write('viewer'),
    pause: () => close(server, sockets),
    resume: async () => {
      if (!server.listening) await listen(server, port);
    },
    stop: async () => {
      leaveNamespaces();
      await close(server, sockets);
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, HOST);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Also cuts connections that are still in their TLS handshake. */
async function close(server: Server, sockets: Set<Socket>): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
}

function identify(credentials: Credentials, request: IncomingMessage): Outcome<Identity> {
  const header = request.headers.authorization;
  if (header === undefined) return ok(undefined);
  const user = userOf(credentials, header.replace(/^Bearer\s+/i, ''));
  return user === undefined ? refuse(401, 'Unauthorized') : ok(user);
}
