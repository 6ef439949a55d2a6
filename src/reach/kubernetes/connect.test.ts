import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectKubernetes } from './connect.ts';
import { writeKubeconfig } from './fake-api.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aftershock-connect-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('without any kubeconfig the problem says where one was looked for', async () => {
  vi.stubEnv('KUBECONFIG', '');
  vi.stubEnv('HOME', directory);
  const found = await connectKubernetes({});
  expect(found).toMatchObject({ ok: false, problem: { code: 'system-unreachable' } });
  expect(found.ok ? '' : found.problem.message).toContain('There is no kubeconfig');
});

test('a kubeconfig that is missing or no YAML', async () => {
  const missing = await connectKubernetes({ kubeconfig: join(directory, 'none') });
  expect(missing).toMatchObject({ ok: false, problem: { code: 'file-missing' } });
  await writeFile(join(directory, 'broken'), '{ "clusters": [');
  const broken = await connectKubernetes({ kubeconfig: join(directory, 'broken') });
  expect(broken).toMatchObject({ ok: false, problem: { code: 'yaml-broken' } });
});

test('an unknown context is named with those there are', async () => {
  const kubeconfig = await writeKubeconfig(directory, 1);
  const found = await connectKubernetes({ kubeconfig, context: 'staging' });
  expect(found).toMatchObject({
    ok: false,
    problem: { code: 'name-unknown', found: 'staging', expected: 'fake' },
  });
});

test('a server that is not there: exact text and what to do', async () => {
  const port = await freePort();
  const kubeconfig = await writeKubeconfig(directory, port);
  const found = await connectKubernetes({ kubeconfig });
  expect(found).toMatchObject({
    ok: false,
    problem: { code: 'system-unreachable', cause: `connect ECONNREFUSED 127.0.0.1:${port}` },
  });
});

test('refused credentials', async () => {
  const server = createServer((_, response) => {
    response
      .writeHead(401)
      .end('{"kind":"Status","code":401,"reason":"Unauthorized","message":"Unauthorized"}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const kubeconfig = await writeKubeconfig(directory, (server.address() as AddressInfo).port);
  const found = await connectKubernetes({ kubeconfig });
  server.close();
  expect(found).toMatchObject({
    ok: false,
    problem: { code: 'system-unreachable', cause: 'HTTP 401 Unauthorized: Unauthorized' },
  });
  expect(found.ok ? '' : found.problem.fix).toContain('credentials');
});
