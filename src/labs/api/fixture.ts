import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ApiServer, type ApiServerOptions, startApiServer } from './server.ts';
import { Store } from './store.ts';

export const PODS = '/api/v1/namespaces/default/pods';
/** A pod on a node, as a body. */
export const pod = (name: string, more: object = {}) =>
  JSON.stringify({
    metadata: { name, labels: { app: 'x' }, ...more },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i:1' }] },
  });

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: { token: string } }[];
}

async function credentials(path: string): Promise<{ ca: Buffer; token: string }> {
  const config = parse(await readFile(path, 'utf8')) as Kubeconfig;
  const ca = Buffer.from(config.clusters[0]?.cluster['certificate-authority-data'] ?? '', 'base64');
  return { ca, token: config.users[0]?.user.token ?? '' };
}

/** What to send. */
export interface Ask {
  method?: string;
  body?: string;
  headers?: Record<string, string>;
  viewer?: boolean;
  /** Null sends none. */
  token?: string | null;
}

/** The whole text of an answer. */
export async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

/** The first lines of a watch that pass the test, as events. */
export async function events(
  response: IncomingMessage,
  enough: (all: { type: string; object: object }[]) => boolean,
) {
  const all: { type: string; object: object }[] = [];
  let rest = '';
  for await (const piece of response) {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    all.push(...lines.map((line) => JSON.parse(line)));
    if (enough(all)) break;
  }
  return all;
}

/** A server for one test, and a client that sends exactly what it is told. */
export class Fixture {
  readonly store: Store;
  readonly directory: string;
  server: ApiServer;

  constructor(store: Store, directory: string, server: ApiServer) {
    this.store = store;
    this.directory = directory;
    this.server = server;
  }

  static async start(more: Partial<ApiServerOptions> = {}): Promise<Fixture> {
    const directory = await mkdtemp(join(tmpdir(), 'aftershock-api-'));
    const store = new Store();
    return new Fixture(store, directory, await startApiServer({ store, port: 0, directory, ...more }));
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.directory, { recursive: true });
  }

  async open(path: string, ask: Ask = {}): Promise<IncomingMessage> {
    const { server } = this;
    const { ca, token } = await credentials(ask.viewer ? server.viewerKubeconfigPath : server.kubeconfigPath);
    const bearer = ask.token === undefined ? token : ask.token;
    const authorization = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
    const length = { 'content-length': String(Buffer.byteLength(ask.body ?? '')) };
    const headers = { 'content-type': 'application/json', ...length, ...authorization, ...ask.headers };
    return new Promise((resolve, reject) => {
      const options = { method: ask.method ?? 'GET', ca, headers, agent: false };
      const sent = request(`${server.url}${path}`, options, resolve);
      sent.on('error', reject);
      sent.end(ask.body);
    });
  }

  async ask(path: string, how: Ask = {}): Promise<{ code: number; body: Record<string, unknown> }> {
    const response = await this.open(path, how);
    const text = await textOf(response);
    return { code: response.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> };
  }
}
