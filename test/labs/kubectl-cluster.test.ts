import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from '../../src/labs/api/server.ts';
import { type Cluster, startCluster } from '../../src/labs/cluster/cluster.ts';
import { type Kubectl, kubectlOf, rowsOf } from '../support/kubectl.ts';
import { needs } from '../support/needs.ts';

const PORT = 31_120;
const SERVER = `let n = 0; setInterval(() => { for (const end = Date.now() + 20; Date.now() < end;); }, 100);
require('http').createServer((_, res) => { n += 1; res.end('requests_total ' + n + '\\n'); }).listen(${PORT}, process.env.HOST)`;
const GREEDY = 'const all = []; setInterval(() => all.push(Buffer.alloc(10e6, 1)), 20)';

const pod = (name: string, container: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { of: name } },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'main', image: 'practice/none:1', ...container }],
  },
});

describe.skipIf(!needs('kubectl'))('kubectl on a running cluster', () => {
  let directory: string;
  let cluster: Cluster;
  let server: ApiServer;
  let kubectl: Kubectl;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aftershock-kubectl-'));
    cluster = await startCluster({ directory: join(directory, 'cluster'), timings: { backOff: 60_000 } });
    const { store, logs, usage } = cluster;
    server = await startApiServer({ store, port: 0, directory, logs, usage });
    kubectl = kubectlOf(server.kubeconfigPath, directory);
    const resources = { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '0.1' } };
    await create(
      pod('web', { command: ['node', '-e', SERVER], ports: [{ containerPort: PORT }], resources }),
    );
    const small = { limits: { memory: '150Mi' } };
    await create(pod('greedy', { command: ['node', '-e', GREEDY], resources: small }));
  });

  afterAll(async () => {
    await cluster.stop(1_000);
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function create(object: ReturnType<typeof pod>): Promise<void> {
    const file = join(directory, `${object.metadata.name}.json`);
    await writeFile(file, JSON.stringify(object));
    await kubectl.ok('create -f', file);
  }

  const measured = () =>
    expect
      .poll(() => kubectl.run('top pod web').then((ran) => ran.code), { timeout: 30_000, interval: 300 })
      .toBe(0);

  test('top pods, with and without containers, and top nodes', async () => {
    await measured();
    const [head, row] = rowsOf(await kubectl.ok('top pods -l of=web'));
    expect(head).toEqual(['NAME', 'CPU(cores)', 'MEMORY(bytes)']);
    expect(row?.[0]).toBe('web');
    expect(Number(/^(\d+)m$/.exec(row?.[1] ?? '')?.[1])).toBeGreaterThan(50);
    expect(Number(/^(\d+)Mi$/.exec(row?.[2] ?? '')?.[1])).toBeGreaterThan(20);
    expect(rowsOf(await kubectl.ok('top pods --containers -l of=web'))[1]?.slice(0, 2)).toEqual([
      'web',
      'main',
    ]);
    const [nodes, node] = rowsOf(await kubectl.ok('top nodes'));
    expect(nodes).toEqual(['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)']);
    expect(node?.[0]).toBe('practice-1');
    expect(node?.[4]).toMatch(/^\d+%$/);
    expect(await kubectl.complaint('top pod none')).toContain(
      'podmetrics.metrics.k8s.io "default/none" not found',
    );
    expect(await kubectl.ok('get apiservice v1beta1.metrics.k8s.io')).toMatch(
      /kube-system\/metrics-server\s+True/,
    );
    expect(rowsOf(await kubectl.ok('get pods.metrics.k8s.io web'))[0]).toEqual([
      'NAME',
      'CPU',
      'MEMORY',
      'WINDOW',
    ]);
  });

  test('the pod proxy reaches an app', async () => {
    const path = `/api/v1/namespaces/default/pods/web:${PORT}/proxy/metrics`;
    await expect
      .poll(() => kubectl.run('get --raw', path).then(({ out }) => out), { timeout: 10_000 })
      .toMatch(/^requests_total \d+$/);
    const closed = `/api/v1/namespaces/default/pods/web:${PORT + 1}/proxy/`;
    expect(await kubectl.complaint('get --raw', closed)).toMatch(
      /error trying to reach service: dial tcp 127\.[\d.]+:31121: connect: connection refused/,
    );
  });

  test('describe shows requests, limits, why a container was killed, and the events', async () => {
    expect(await kubectl.ok('describe pod web')).toMatch(
      /Limits:\s+cpu:\s+500m\s+memory:\s+512Mi\s+Requests:\s+cpu:\s+100m\s+memory:\s+512Mi[\s\S]*QoS Class:\s+Burstable/,
    );
    const told = () => kubectl.ok('describe pod greedy');
    await expect
      .poll(told, { timeout: 30_000 })
      .toMatch(
        /Reason:\s+CrashLoopBackOff\s+Last State:\s+Terminated\s+Reason:\s+OOMKilled\s+Exit Code:\s+137/,
      );
    expect(await told()).toMatch(
      /Warning\s+BackOff\s+.*kubelet\s+Back-off restarting failed container main in pod greedy_default\(/,
    );
    expect(rowsOf(await kubectl.ok('get pod greedy'))[1]?.slice(0, 3)).toEqual([
      'greedy',
      '0/1',
      'CrashLoopBackOff',
    ]);
  });

  test('events are listed and watched by what they are about', async () => {
    const selector = 'involvedObject.kind=Pod,involvedObject.name=web,type=Normal,reason!=Pulled';
    const reasons = await kubectl.ok('get events -o jsonpath={.items[*].reason} --field-selector', selector);
    expect(reasons.split(' ').sort()).toEqual(['Created', 'Scheduled', 'Started']);
    expect(await kubectl.ok('events --for pod/web --types=Warning')).toBe('');
    const env = { ...process.env, KUBECONFIG: server.kubeconfigPath, HOME: directory };
    const watched = ['involvedObject.name=web', 'reason=Killing'].join(',');
    const watching = spawn('kubectl', ['get', 'events', '-w', '-o', 'name', '--field-selector', watched], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const lines = createInterface(watching.stdout)[Symbol.asyncIterator]();
      await kubectl.ok('delete pod web');
      expect(String((await lines.next()).value)).toMatch(/^event\/web\./);
    } finally {
      watching.kill();
    }
  });
});
