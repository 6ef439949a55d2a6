import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesApi } from '../../model/contracts/world.ts';
import { connectKubernetes } from './connect.ts';

/** A scripted API server for tests: `answer` does what it likes with each request but `/version`. */
export interface FakeApi {
  api: KubernetesApi;
  kubeconfig: string;
  stop(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function startFakeApi(answer: Answer): Promise<FakeApi> {
  const server = createServer((request, response) => {
    if (request.url === '/version') response.end('{"gitVersion":"v1.32.0"}');
    else answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const directory = await mkdtemp(join(tmpdir(), 'aftershock-fake-api-'));
  const kubeconfig = await writeKubeconfig(directory, (server.address() as AddressInfo).port);
  const connected = await connectKubernetes({ kubeconfig });
  if (!connected.ok) throw new Error(`internal: ${connected.problem.message} ${connected.problem.cause}`);
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { api: connected.value, kubeconfig, stop };
}

/** A kubeconfig of one context, `fake`, for a plain server on the loopback. */
export async function writeKubeconfig(directory: string, port: number): Promise<string> {
  const path = join(directory, 'kubeconfig');
  const cluster = { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'fake', cluster }],
    users: [{ name: 'me', user: { token: 'secret-token' } }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'me', namespace: 'shop' } }],
    'current-context': 'fake',
  };
  await writeFile(path, JSON.stringify(config));
  return path;
}
