import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as reserve } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sleep } from '../reach/clock.ts';
import { type Connected, reconnect } from './connect.ts';

/** A port on which nobody listens, and the kubeconfig of a cluster there. */
async function deadCluster(): Promise<{ port: number; kubeconfig: string }> {
  const server = reserve();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-connect-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const kubeconfig = join(folder, 'kubeconfig');
  const cluster = {
    name: 'c',
    cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true },
  };
  const context = { name: 'c', context: { cluster: 'c', user: 'u' } };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'c',
      clusters: [cluster],
      contexts: [context],
      users: [{ name: 'u', user: {} }],
    }),
  );
  return { port, kubeconfig };
}

async function reached(...given: Parameters<typeof reconnect>): Promise<Connected> {
  const connected = await reconnect(...given);
  if (!connected.ok) throw new TypeError(connected.problem.message);
  return connected.value;
}

test('a cluster that is not reached is a Problem for whoever asks for it, and hosts are reached all the same', async () => {
  const { kubeconfig } = await deadCluster();
  const { world, grounds, missing } = await reached({
    kubernetes: { kubeconfig },
    hosts: { here: { kind: 'local' } },
  });
  expect(world.kubernetes()).toEqual({ ok: false, problem: missing });
  expect(missing?.message).toContain('127.0.0.1');
  expect(world.host('here').ok).toBe(true);
  expect(grounds).toHaveLength(2);
});

test('also where the cluster is all of the system', async () => {
  const { kubeconfig } = await deadCluster();
  const { world, missing } = await reached({ kubernetes: { kubeconfig } });
  expect(world.kubernetes()).toEqual({ ok: false, problem: missing });
  expect((await reached({})).missing).toBeUndefined();
});

test('who tries again finds a cluster that came back', async () => {
  const { port, kubeconfig } = await deadCluster();
  const { world } = await reached({ kubernetes: { kubeconfig } }, { again: true });
  expect(world.kubernetes().ok).toBe(false);
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end('{"gitVersion":"v1.32.0"}');
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  for (let tries = 0; tries < 500 && !world.kubernetes().ok; tries += 1) await sleep(20);
  expect(world.kubernetes()).toMatchObject({
    ok: true,
    value: { about: { server: `http://127.0.0.1:${port}` } },
  });
});
