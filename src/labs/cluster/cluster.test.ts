import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { identify } from '../process/identity.ts';
import { alter, isReady, isTerminating, keyOf, newMetadata } from './access.ts';
import { type Cluster, startCluster } from './cluster.ts';
import type { Container, ContainerStatus, Deployment, Endpoints, Pod } from './shapes.ts';
import { makeDeployment, makePod, makeService, NAMESPACE, podsIn, until } from './test-support.ts';

/** GET /slow answers after 700 ms, /off makes it unready; ends as soon as its requests are answered. */
const SERVER = `
let ready = true;
const server = require('http').createServer((req, res) => {
  if (req.url === '/off') ready = false;
  if (req.url === '/readyz') res.statusCode = ready ? 200 : 503;
  const answer = () => res.end(process.env.HOSTNAME + ' ' + (process.env.COLOUR ?? ''));
  if (req.url === '/slow') setTimeout(answer, 700); else answer();
});
server.listen(Number(process.env.PORT), process.env.HOST, () => console.log('listening'));
process.on('SIGTERM', () => { console.log('told to end'); server.close(() => process.exit(0)); });
`;
const PORT = 18_080;
const web: Partial<Container> = {
  command: ['node', '-e', SERVER],
  ports: [{ containerPort: PORT }],
  readinessProbe: { httpGet: { path: '/readyz', port: PORT }, periodSeconds: 1, failureThreshold: 1 },
};
const shell = (script: string): Partial<Container> => ({ command: ['sh', '-c', script] });

let directory: string;
let cluster: Cluster;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'aftershock-cluster-'));
  cluster = await startCluster({ directory, timings: { backOff: 400, mostBackOff: 1_600 } });
});
afterEach(async () => {
  const processes = cluster.processes();
  await cluster.stop(1_000);
  expect(processes.filter(({ pid }) => identify(pid) !== undefined)).toEqual([]);
  rmSync(directory, { recursive: true, force: true });
});

const key = (name: string) => ({ resource: 'pods', namespace: NAMESPACE, name });
const find = (name: string) => cluster.store.get(key(name)) as Pod | undefined;
const container = (name: string): ContainerStatus | undefined => find(name)?.status?.containerStatuses?.[0];
const events = (reason: string) => cluster.store.list('events').filter((event) => event['reason'] === reason);
const ready = () => podsIn(cluster.store).filter((pod) => isReady(pod) && !isTerminating(pod));

function run(name: string, of: Partial<Container>, spec: Partial<Pod['spec']> = {}): void {
  const pod = makePod(name, of, spec);
  cluster.store.create(keyOf('pods', pod), pod);
}

function terminate(name: string, grace: number): void {
  alter<Pod>(cluster.store, { key: key(name) }, ({ metadata }) => {
    metadata.deletionTimestamp = new Date(Date.now() + grace * 1000).toISOString();
    metadata.deletionGracePeriodSeconds = grace;
  });
}

async function text(of: AsyncIterable<string> | undefined): Promise<string> {
  let all = '';
  for await (const piece of of ?? []) all += piece;
  return all;
}

const log = (pod: string) => cluster.logs({ namespace: NAMESPACE, pod, container: 'main' });

describe('a pod', () => {
  test('goes through Pending, ContainerCreating and Running to Ready, and ends when told, by its own will', async () => {
    const seen: string[] = [];
    cluster.store.subscribe(({ type, key: { resource }, object }) => {
      if (resource !== 'pods') return;
      const { phase, containerStatuses: [one] = [] } = (object as Pod).status ?? {};
      const state = one?.state.waiting?.reason ?? Object.keys(one?.state ?? {})[0] ?? '-';
      const entry = [type, phase, state, isReady(object as Pod) ? 'ready' : 'unready'].join(' ');
      if (seen.at(-1) !== entry) seen.push(entry);
    });
    run('a', web);
    await until('ready', () => ready().length === 1);
    const [pid] = cluster.pids(NAMESPACE, 'a');
    terminate('a', 5);
    await until('gone', () => find('a') === undefined);
    expect(identify(pid ?? 0)).toBeUndefined();
    expect(seen).toEqual([
      'ADDED Pending - unready',
      'MODIFIED Pending - unready',
      'MODIFIED Pending ContainerCreating unready',
      'MODIFIED Running running unready',
      'MODIFIED Running running ready',
      'MODIFIED Running terminated unready',
      'MODIFIED Succeeded terminated unready',
      'DELETED Succeeded terminated unready',
    ]);
    for (const reason of ['Scheduled', 'Pulled', 'Created', 'Started', 'Killing']) {
      expect(events(reason), reason).toHaveLength(1);
    }
  });

  test('that does not heed SIGTERM gets SIGKILL after its grace; a second, shorter grace counts', async () => {
    run('deaf', shell("trap '' TERM; echo begun; while :; do sleep 0.1; done"));
    await until('begun', () => container('deaf')?.state.running);
    await until('deaf by now', async () => (await text(log('deaf'))) !== '');
    await new Promise((resolve) => setTimeout(resolve, 300));
    terminate('deaf', 60);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(find('deaf')).toBeDefined();
    terminate('deaf', 1);
    await until('gone', () => find('deaf') === undefined);
  });

  test('that is removed from the store by force is killed at once, with its children', async () => {
    run('a', shell('sleep 1000 & echo $!; wait'), { terminationGracePeriodSeconds: 60 });
    const child = await until('its child', async () => Number(await text(log('a'))) || undefined);
    const [pid = 0] = cluster.pids(NAMESPACE, 'a');
    expect(identify(child)).toBeDefined();
    cluster.store.remove(key('a'));
    await until('both gone', () => identify(pid) === undefined && identify(child) === undefined, 2_000);
  });

  test('whose container is killed from outside is restarted at once', async () => {
    run('a', web);
    await until('ready', () => ready().length === 1);
    process.kill(cluster.pids(NAMESPACE, 'a')[0] ?? 0, 'SIGKILL');
    await until('restarted', () => container('a')?.restartCount === 1 && ready().length === 1);
    expect(container('a')?.lastState.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
    expect(cluster.store.list('endpoints')).toEqual([]);
  });

  test('that crashes again and again is restarted, then waits in CrashLoopBackOff', async () => {
    run('a', shell('echo run; exit 3'));
    await until('CrashLoopBackOff', () => container('a')?.state.waiting?.reason === 'CrashLoopBackOff');
    expect(container('a')).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 3 } },
      ready: false,
    });
    expect(find('a')?.status?.phase).toBe('Running');
    await until('the third run', () => (container('a')?.restartCount ?? 0) >= 3);
    expect(events('BackOff')[0]).toMatchObject({ type: 'Warning', count: expect.any(Number) });
  });

  test('that may end is Succeeded or Failed then, and stays until it is deleted', async () => {
    run('good', shell('exit 0'), { restartPolicy: 'Never' });
    run('bad', shell('exit 1'), { restartPolicy: 'Never' });
    await until(
      'both ended',
      () => find('good')?.status?.phase === 'Succeeded' && find('bad')?.status?.phase === 'Failed',
    );
    expect(container('good')?.state.terminated).toMatchObject({ reason: 'Completed', exitCode: 0 });
    terminate('good', 5);
    await until('gone', () => find('good') === undefined);
  });

  test('waits for a ConfigMap that is not there yet', async () => {
    const valueFrom = { configMapKeyRef: { name: 'settings', key: 'colour' } };
    run('a', {
      ...shell('echo "$COLOUR $POD"; sleep 100'),
      env: [
        { name: 'COLOUR', valueFrom },
        { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
    });
    await until('waiting', () => container('a')?.state.waiting?.reason === 'CreateContainerConfigError');
    expect(container('a')?.state.waiting?.message).toBe('configmap "settings" not found');
    const metadata = newMetadata('settings', NAMESPACE);
    cluster.store.create(
      { resource: 'configmaps', namespace: NAMESPACE, name: 'settings' },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { colour: 'green' } },
    );
    await until('its output', async () => (await text(log('a'))) === 'green a\n');
  });

  test('with an image that nobody knows, and no command, cannot be pulled', async () => {
    run('a', { image: 'nowhere/nothing:1' });
    await until('pull fails', () => container('a')?.state.waiting?.reason === 'ErrImagePull');
    await until('backs off', () => container('a')?.state.waiting?.reason === 'ImagePullBackOff');
    expect(find('a')?.status?.phase).toBe('Pending');
  });

  test('writes logs that can be read, cut and followed to the end', async () => {
    run('a', shell('for i in 1 2 3; do echo line $i; done; sleep 0.5; echo last; sleep 0.3'), {
      restartPolicy: 'Never',
    });
    await until('three lines', async () => (await text(log('a'))).endsWith('line 3\n'));
    const of = { namespace: NAMESPACE, pod: 'a', container: 'main' };
    expect(await text(cluster.logs(of, { tailLines: 1 }))).toBe('line 3\n');
    expect(await text(cluster.logs(of, { tailLines: 2, follow: true }))).toBe('line 2\nline 3\nlast\n');
    expect(cluster.logs({ ...of, pod: 'b' })).toBeUndefined();
  });
});

describe('probes', () => {
  test('liveness: a container that fails is ended and started again', async () => {
    const alive = join(directory, 'alive');
    writeFileSync(alive, '');
    const livenessProbe = { exec: { command: ['test', '-f', alive] }, periodSeconds: 1, failureThreshold: 2 };
    run('a', { ...shell('sleep 1000'), livenessProbe });
    await until('running', () => container('a')?.state.running);
    rmSync(alive);
    await until('restarted', () => container('a')?.restartCount === 1);
    writeFileSync(alive, '');
    expect(events('Unhealthy')[0]).toMatchObject({
      count: 2,
      message: expect.stringContaining('Liveness probe failed'),
    });
    expect(events('Killing')[0]?.['message']).toBe('Container main failed liveness probe, will be restarted');
    expect(container('a')?.lastState.terminated).toMatchObject({ exitCode: 143, reason: 'Error' });
  });

  test('startup: the others wait for it', async () => {
    const up = join(directory, 'up');
    const startupProbe = { exec: { command: ['test', '-f', up] }, periodSeconds: 1, failureThreshold: 30 };
    const livenessProbe = { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 1 };
    run('a', { ...shell('sleep 1000'), startupProbe, livenessProbe });
    await until('probed', () => events('Unhealthy').length > 0);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(container('a')).toMatchObject({ started: false, ready: false, restartCount: 0 });
    writeFileSync(up, '');
    await until('liveness counts now', () => container('a')?.restartCount === 1);
  });

  test('tcp: ready when somebody listens', async () => {
    const readinessProbe = { tcpSocket: { port: PORT }, periodSeconds: 1 };
    run('a', { ...web, readinessProbe });
    await until('ready', () => ready().length === 1);
  });
});

describe('a Deployment behind a NodePort', () => {
  let nodePort: number;
  const agentless = { agent: false as const, host: '127.0.0.1' };
  const deployment = { resource: 'deployments', namespace: NAMESPACE, name: 'web' };

  beforeEach(async () => {
    nodePort = await freePort();
    const service = makeService('web', { port: PORT, nodePort });
    cluster.store.create(keyOf('services', service), service);
    cluster.store.create(deployment, makeDeployment('web', { replicas: 2, container: web }));
    await until('two ready endpoints', () => addresses().length === 2);
    await until('its port is open', async () => (await get('/')).startsWith('200'));
  });

  const addresses = () =>
    (cluster.store.get({ ...deployment, resource: 'endpoints' }) as Endpoints | undefined)?.subsets?.flatMap(
      (one) => one.addresses ?? [],
    ) ?? [];

  function get(path: string): Promise<string> {
    return new Promise((resolve) => {
      const ask: ClientRequest = request({ ...agentless, port: nodePort, path }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.once('end', () => resolve(`${response.statusCode} ${body}`));
        response.once('error', (error) => resolve(error.message));
      });
      ask.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      ask.end();
    });
  }

  test('spreads connections over both pods', async () => {
    const answers = new Set<string>();
    await until('both', async () => answers.add(await get('/')).size === 2);
    expect([...answers].every((one) => one.startsWith('200 web-'))).toBe(true);
  });

  test('a request in flight finishes when its pod is told to end; new ones go elsewhere', async () => {
    const slow = Array.from({ length: 8 }, () => get('/slow'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const [victim] = ready();
    const name = victim?.metadata.name ?? '';
    terminate(name, 5);
    await until('left the endpoints', () => addresses().length === 1, 500);
    const after = await Promise.all(Array.from({ length: 20 }, () => get('/')));
    expect(after.filter((one) => !one.startsWith('200') || one.includes(name))).toEqual([]);
    expect((await Promise.all(slow)).filter((one) => !one.startsWith('200'))).toEqual([]);
    await until('replaced', () => addresses().length === 2);
  });

  test('a request in flight to a pod that is killed is reset', async () => {
    const slow = Array.from({ length: 12 }, () => get('/slow'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    cluster.store.remove(keyOf('pods', ready()[0] as Pod));
    const outcomes = new Set((await Promise.all(slow)).map((one) => one.split(' ')[0]));
    expect([...outcomes].sort()).toEqual(['200', 'ECONNRESET']);
    await until('replaced', () => addresses().length === 2);
  });

  test('a pod that is not ready gets no traffic, but lives on', async () => {
    const off = await get('/off');
    const name = off.split(' ')[1] ?? '';
    await until('left', () => addresses().every((one) => one.targetRef?.name !== name));
    expect(
      (await Promise.all(Array.from({ length: 20 }, () => get('/')))).some((one) => one.includes(name)),
    ).toBe(false);
    expect(container(name)).toMatchObject({ ready: false, restartCount: 0 });
  });

  test('a change of the environment rolls out without a failed request, and never below two ready pods', async () => {
    const seen: number[] = [];
    cluster.store.subscribe(({ key: { resource } }) => {
      if (resource === 'pods') seen.push(ready().length);
    });
    alter<Deployment>(cluster.store, { key: deployment }, ({ spec }) => {
      const [first] = spec.template.spec.containers;
      if (first !== undefined) first.env = [{ name: 'COLOUR', value: 'blue' }];
    });
    const answers: string[] = [];
    await until('all blue', async () => {
      const answer = await get('/');
      answers.push(answer);
      const old = podsIn(cluster.store).length > 2;
      return !old && addresses().length === 2 && answer.endsWith('blue');
    });
    expect(answers.filter((one) => !one.startsWith('200'))).toEqual([]);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(2);
  });

  test('without any ready pod connections are refused; with one again they are not', async () => {
    const scale = (replicas: number) =>
      alter<Deployment>(cluster.store, { key: deployment }, ({ spec }) => {
        spec.replicas = replicas;
      });
    scale(0);
    await until('refused', async () => (await get('/')) === 'ECONNREFUSED');
    scale(1);
    await until('answered', async () => (await get('/')).startsWith('200'));
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

test('two clusters on one machine have different addresses', async () => {
  const other = await startCluster({ directory: join(directory, 'other') });
  expect(other.prefix).not.toBe(cluster.prefix);
  await other.stop();
  expect(existsSync(join(directory, 'other'))).toBe(true);
});
