import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeObject } from '../../api/objects.ts';
import { alter, isReady, readAll } from '../access.ts';
import type { Container, Deployment, PodTemplate } from '../shapes.ts';
import {
  makeDeployment,
  NAMESPACE,
  node,
  podsIn,
  startTestCluster,
  type TestCluster,
  until,
} from '../test-support.ts';

const PORT = 31_111;
const APP = `require('http').createServer((req, res) => { res.statusCode = req.url === '/readyz' ? Number(process.env.CODE ?? 200) : 200; res.end(); })
  .listen(Number(process.env.PORT), process.env.HOST)`;
const container: Partial<Container> = {
  ...node(APP),
  ports: [{ containerPort: PORT }],
  readinessProbe: { httpGet: { path: '/readyz', port: PORT }, periodSeconds: 1, failureThreshold: 1 },
};
const LABEL = 'app';

let lab: TestCluster;
beforeAll(async () => {
  lab = await startTestCluster();
});
afterAll(() => lab.stop());

const key = (name: string) => ({ resource: 'deployments', namespace: NAMESPACE, name });
const deployment = (name: string) => lab.cluster.store.get(key(name)) as Deployment;
const progressing = (name: string) =>
  deployment(name).status?.conditions?.find((one) => one.type === 'Progressing');
const available = (name: string) =>
  deployment(name).status?.conditions?.find((one) => one.type === 'Available');
const pods = (name: string) =>
  podsIn(lab.cluster.store).filter((one) => one.metadata.labels?.[LABEL] === name);

async function rollOut(name: string): Promise<PodTemplate> {
  const made = makeDeployment(name, { replicas: 2, container });
  made.spec.progressDeadlineSeconds = 3;
  lab.cluster.store.create(key(name), made);
  await until('complete', () => progressing(name)?.reason === 'NewReplicaSetAvailable');
  return structuredClone(deployment(name).spec.template);
}

const setTemplate = (name: string, change: (template: PodTemplate) => void) =>
  alter<Deployment>(lab.cluster.store, { key: key(name) }, ({ spec }) => change(spec.template));

const eventsOf = (kind: string, reason: string): KubeObject[] =>
  lab.cluster.store
    .list('events')
    .filter((one) => one['reason'] === reason && (one['involvedObject'] as { kind: string }).kind === kind);

const changes: [string, (one: Container) => void, string][] = [
  [
    'an image that cannot be pulled',
    (one) => {
      one.image = 'practice/nothing:2';
      delete one.command;
    },
    'ImagePullBackOff',
  ],
  [
    'a readiness that never succeeds',
    (one) => {
      one.env = [{ name: 'CODE', value: '503' }];
    },
    'running',
  ],
];

test.each(changes)(
  'a rollout of %s leaves the old pods serving, is overdue, and can be taken back',
  async (...[what, change, state]) => {
    const name = what.split(' ')[1] ?? '';
    const good = await rollOut(name);
    const old = pods(name).map((one) => one.metadata.name);
    let fewest = old.length;
    const leave = lab.cluster.store.subscribe(({ key: { resource } }) => {
      if (resource === 'pods') fewest = Math.min(fewest, pods(name).filter(isReady).length);
    });
    setTemplate(name, (template) => template.spec.containers.forEach(change));
    await until('overdue', () => progressing(name)?.status === 'False');
    const sets = readAll(lab.cluster.store, 'replicasets', NAMESPACE).filter(
      (one) => one.metadata.labels?.[LABEL] === name,
    );
    const newest = sets.find((one) => !old.some((pod) => pod.startsWith(one.metadata.name)));
    expect(progressing(name)).toMatchObject({
      reason: 'ProgressDeadlineExceeded',
      message: `ReplicaSet "${newest?.metadata.name}" has timed out progressing.`,
    });
    expect(available(name)?.status).toBe('True');
    expect(deployment(name).status).toMatchObject({ replicas: 3, updatedReplicas: 1, readyReplicas: 2 });
    await until(state, () => {
      const [bad] = pods(name).filter((one) => !isReady(one));
      const now = bad?.status?.containerStatuses?.[0]?.state;
      return (now?.waiting?.reason ?? Object.keys(now ?? {})[0]) === state;
    });
    setTemplate(name, (template) => Object.assign(template, good));
    await until('taken back', () => progressing(name)?.reason === 'NewReplicaSetAvailable');
    await until('the bad one gone', () => pods(name).length === 2);
    leave();
    expect(
      pods(name)
        .map((one) => one.metadata.name)
        .sort(),
    ).toEqual(old.sort());
    expect(fewest).toBe(2);
    expect(deployment(name).status).toMatchObject({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 });
    expect(deployment(name).metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '3' });
  },
);

test('a failed pull is told in the events and the status of a real kubelet', () => {
  const reference = 'docker.io/practice/nothing:2';
  const why = `rpc error: code = NotFound desc = failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": ${reference}: not found`;
  const told = (reason: string) => eventsOf('Pod', reason).map((one) => `${one['type']} ${one['message']}`);
  expect(told('Pulling')).toEqual(['Normal Pulling image "practice/nothing:2"']);
  expect(told('Failed').sort()).toEqual([
    'Warning Error: ErrImagePull',
    'Warning Error: ImagePullBackOff',
    `Warning Failed to pull image "practice/nothing:2": ${why}`,
  ]);
  expect(told('BackOff')).toEqual(['Normal Back-off pulling image "practice/nothing:2"']);
});

test('controllers tell of every change that they make', () => {
  const scaled = eventsOf('Deployment', 'ScalingReplicaSet').map((one) => String(one['message']));
  expect(scaled.filter((one) => /^Scaled up replica set image-\w+ from 0 to [12]$/.test(one))).toHaveLength(
    2,
  );
  expect(scaled.filter((one) => /^Scaled down replica set image-\w+ from 1 to 0$/.test(one))).toHaveLength(1);
  expect(eventsOf('ReplicaSet', 'SuccessfulCreate')).toHaveLength(6);
  expect(eventsOf('ReplicaSet', 'SuccessfulDelete')).toHaveLength(2);
  expect(eventsOf('ReplicaSet', 'SuccessfulDelete')[0]).toMatchObject({
    type: 'Normal',
    message: expect.stringMatching(/^Deleted pod: /),
    involvedObject: { apiVersion: 'apps/v1' },
    reportingComponent: 'replicaset-controller',
    source: { component: 'replicaset-controller' },
    count: 1,
  });
});
