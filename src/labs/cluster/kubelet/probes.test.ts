import { afterAll, beforeAll, expect, test } from 'vitest';
import { dig } from '../../api/values.ts';
import { isReady, keyOf } from '../access.ts';
import type { Container, Endpoints } from '../shapes.ts';
import { makeService, NAMESPACE, node, startTestCluster, type TestCluster, until } from '../test-support.ts';

const PORT = 31_110;
/** Answers after as many milliseconds as the last GET of /delay/N said; 503 after /fail, and not at all after /close. */
const APP = `
let [delay, code] = [0, 200];
const server = require('http').createServer((req, res) => {
  const [, what, value] = req.url.split('/');
  if (what === 'delay') delay = Number(value);
  if (what === 'fail') code = 503;
  if (what === 'close') server.close();
  setTimeout(() => { res.statusCode = req.url === '/healthz' ? code : 200; res.end(); }, what === 'healthz' ? delay : 0);
}).listen(Number(process.env.PORT), process.env.HOST);
setInterval(() => {}, 1000);
`;
const probe = {
  httpGet: { path: '/healthz', port: PORT },
  periodSeconds: 1,
  timeoutSeconds: 1,
  failureThreshold: 2,
};
const app = (more: Partial<Container>): Partial<Container> => ({
  ...node(APP),
  ports: [{ containerPort: PORT }],
  ...more,
});

let lab: TestCluster;
beforeAll(async () => {
  lab = await startTestCluster();
});
afterAll(() => lab.stop());

const ip = (name: string): string => lab.pod(name)?.status?.podIP ?? '';
const tell = (name: string, path: string) =>
  fetch(`http://${ip(name)}:${PORT}${path}`, { headers: { connection: 'close' } });
const isUp = (name: string): boolean => {
  const pod = lab.pod(name);
  return pod !== undefined && isReady(pod);
};
const messages = (name: string, reason: string) => lab.events(name, reason).map((one) => one['message']);
const about = (name: string) => ({
  kind: 'Pod',
  namespace: NAMESPACE,
  name,
  fieldPath: 'spec.containers{main}',
});

test('an answer that is slower than the readiness timeout takes the pod out of its Service, and restarts nothing', async () => {
  const service = makeService('slow', { port: PORT });
  lab.cluster.store.create(keyOf('services', service), service);
  lab.run('slow', app({ readinessProbe: probe }));
  const endpoints = () => {
    const found = lab.cluster.store.get(keyOf('endpoints', service)) as Endpoints | undefined;
    return found?.subsets?.flatMap((one) => one.addresses ?? []).length ?? 0;
  };
  await until('ready', () => isUp('slow') && endpoints() === 1);
  await tell('slow', '/delay/1500');
  await until('unready', () => !isUp('slow'));
  await until('out of the Service', () => endpoints() === 0);
  expect(lab.pod('slow')?.status?.phase).toBe('Running');
  expect(lab.container('slow')).toMatchObject({ ready: false, started: true, restartCount: 0 });
  const slow = `Get "http://${ip('slow')}:${PORT}/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
  expect(messages('slow', 'Unhealthy')).toContain(`Readiness probe failed: ${slow}`);
  await tell('slow', '/delay/0');
  await until('back', () => isUp('slow') && endpoints() === 1);
  expect(lab.events('slow', 'Killing')).toEqual([]);
});

test('a failing liveness probe restarts the container, and says why', async () => {
  lab.run('sick', app({ livenessProbe: probe }));
  await until(
    'answers',
    () =>
      ip('sick') !== '' &&
      tell('sick', '/').then(
        () => true,
        () => false,
      ),
  );
  await tell('sick', '/fail');
  await until('restarted', () => lab.container('sick')?.restartCount === 1);
  const [unhealthy] = lab.events('sick', 'Unhealthy').filter((one) => String(one['message']).includes('503'));
  expect(unhealthy).toMatchObject({
    type: 'Warning',
    message: 'Liveness probe failed: HTTP probe failed with statuscode: 503',
    count: 2,
    involvedObject: about('sick'),
    reportingComponent: 'kubelet',
    source: { component: 'kubelet', host: 'practice-1' },
  });
  expect(Date.parse(String(unhealthy?.['lastTimestamp']))).toBeGreaterThan(
    Date.parse(String(unhealthy?.['firstTimestamp'])),
  );
  expect(lab.events('sick', 'Killing')).toMatchObject([
    { type: 'Normal', message: 'Container main failed liveness probe, will be restarted', count: 1 },
  ]);
  expect(lab.container('sick')?.lastState.terminated).toMatchObject({ exitCode: 143, reason: 'Error' });
  await until('started twice', () => lab.events('sick', 'Started')[0]?.['count'] === 2);
});

test('a connection that is refused is told in the words of the kubelet', async () => {
  lab.run('shut', app({ readinessProbe: { ...probe, failureThreshold: 1 } }));
  await until('ready', () => isUp('shut'));
  await tell('shut', '/close');
  await until('unready', () => !isUp('shut'));
  const address = `${ip('shut')}:${PORT}`;
  expect(messages('shut', 'Unhealthy')).toContain(
    `Readiness probe failed: Get "http://${address}/healthz": dial tcp ${address}: connect: connection refused`,
  );
});

test('a pod that is started and ended tells the story of a real one', async () => {
  lab.run('story', app({}));
  await until('running', () => lab.container('story')?.state.running);
  const pod = lab.pod('story');
  if (pod === undefined) throw new Error('it is gone');
  lab.cluster.store.update(keyOf('pods', pod), {
    ...pod,
    metadata: { ...pod.metadata, deletionTimestamp: new Date().toISOString(), deletionGracePeriodSeconds: 1 },
  });
  await until('gone', () => lab.pod('story') === undefined);
  const told = lab
    .events('story')
    .map((one) => [one['type'], one['reason'], one['message'], dig(one, 'source', 'component')]);
  expect(told).toHaveLength(5);
  expect(told).toEqual(
    expect.arrayContaining([
      ['Normal', 'Scheduled', 'Successfully assigned test/story to practice-1', 'default-scheduler'],
      ['Normal', 'Pulled', 'Container image "test/image" already present on machine', 'kubelet'],
      ['Normal', 'Created', 'Created container: main', 'kubelet'],
      ['Normal', 'Started', 'Started container main', 'kubelet'],
      ['Normal', 'Killing', 'Stopping container main', 'kubelet'],
    ]),
  );
  expect(lab.events('story', 'Killing')[0]).toMatchObject({
    involvedObject: { ...about('story'), uid: pod.metadata.uid },
  });
});
