import { expect, test } from 'vitest';
import type { KubeObject } from '../objects.ts';
import { resourceOf } from '../resources.ts';
import type { Fields } from '../values.ts';
import { fillDefaults } from './defaults.ts';
import { causesOf } from './validate.ts';

function object(kind: string, spec: Fields, metadata: Fields = {}): KubeObject {
  const identity = { name: 'x', namespace: 'default', uid: '', resourceVersion: '', creationTimestamp: '' };
  return { apiVersion: 'v1', kind, metadata: { ...identity, ...metadata }, spec: structuredClone(spec) };
}

const containers = [{ name: 'c', image: 'i:1' }];
const template = { metadata: { labels: { app: 'x' } }, spec: { containers } };
const selector = { matchLabels: { app: 'x' } };

function texts(plural: string, one: KubeObject, before?: KubeObject): string[] {
  const resource = resourceOf(plural);
  if (resource === undefined) throw new Error(plural);
  return causesOf(resource, one, before).map((cause) => `${cause.field}: ${cause.message}`);
}

test.each<[string, string, Fields, string]>([
  [
    'deployments',
    'Deployment',
    { selector, template, replicas: -1 },
    'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ],
  ['deployments', 'Deployment', { template }, 'spec.selector: Required value'],
  [
    'deployments',
    'Deployment',
    { selector: { matchLabels: { app: 'y' } }, template },
    'spec.template.metadata.labels: Invalid value: map[string]string{"app":"x"}: `selector` does not match template `labels`',
  ],
  [
    'deployments',
    'Deployment',
    { selector, template: { ...template, spec: { containers, restartPolicy: 'Never' } } },
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ],
  ['pods', 'Pod', {}, 'spec.containers: Required value'],
  ['pods', 'Pod', { containers: [{ name: 'c' }] }, 'spec.containers[0].image: Required value'],
  [
    'pods',
    'Pod',
    { containers: [...containers, ...containers] },
    'spec.containers[1].name: Duplicate value: "c"',
  ],
  [
    'pods',
    'Pod',
    { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 70_000 }] }] },
    'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ],
  [
    'pods',
    'Pod',
    {
      containers: [
        { name: 'c', image: 'i', resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } },
      ],
    },
    'spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
  ],
  [
    'deployments',
    'Deployment',
    {
      selector,
      template: {
        ...template,
        spec: { containers: [{ ...containers[0], resources: { limits: { cpu: '-1' } } }] },
      },
    },
    'spec.template.spec.containers[0].resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
  ],
  [
    'pods',
    'Pod',
    { containers: [{ name: 'c', image: 'i', resources: { requests: { ram: '1' } } }] },
    'spec.containers[0].resources.requests[ram]: Invalid value: "ram": must be a standard resource for containers',
  ],
  ['services', 'Service', {}, 'spec.ports: Required value'],
  ['services', 'Service', { ports: [{ port: 1 }, { port: 2 }] }, 'spec.ports[0].name: Required value'],
])('%s: %s %j', (...[plural, kind, spec, expected]) => {
  expect(texts(plural, object(kind, spec))).toContain(expected);
});

test('names and labels follow their syntax', () => {
  expect(texts('pods', object('Pod', { containers }, { name: 'Bad_Name' }))[0]).toMatch(
    /^metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must/,
  );
  expect(texts('namespaces', object('Namespace', {}, { name: 'a.b' }))[0]).toMatch(/RFC 1123 label/);
  expect(texts('pods', object('Pod', { containers }, { labels: { a: 'not ok' } }))[0]).toMatch(
    /^metadata.labels: Invalid value: "not ok": a valid label must/,
  );
});

test('a deployment that kubectl makes is fine, and gets the usual defaults', () => {
  const one = object('Deployment', { selector, template });
  fillDefaults('deployments', one);
  expect(texts('deployments', one)).toEqual([]);
  expect(one['spec']).toMatchObject({
    replicas: 1,
    revisionHistoryLimit: 10,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    template: { spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 30 } },
  });
});

test('defaults given once stay as they are', () => {
  const one = object('Pod', {
    containers: [{ name: 'c', image: 'i', readinessProbe: { httpGet: { port: 1 } } }],
  });
  fillDefaults('pods', one);
  const before = structuredClone(one);
  fillDefaults('pods', one);
  expect(one).toEqual(before);
  expect(one['spec']).toMatchObject({
    containers: [
      {
        imagePullPolicy: 'Always',
        readinessProbe: { periodSeconds: 10, failureThreshold: 3, httpGet: { path: '/', scheme: 'HTTP' } },
      },
    ],
  });
});

test('what cannot change is refused', () => {
  const before = object('Pod', { containers });
  const image = object('Pod', { containers: [{ name: 'c', image: 'i:2' }] });
  const moved = object('Pod', { containers, nodeName: 'other' });
  expect(texts('pods', image, before)).toEqual([]);
  expect(texts('pods', moved, before)[0]).toMatch(
    /^spec: Forbidden: pod updates may not change fields other than/,
  );
  const other = { matchLabels: { app: 'y' } };
  const relabelled = { ...template, metadata: { labels: { app: 'y' } } };
  const changed = texts(
    'deployments',
    object('Deployment', { selector: other, template: relabelled }),
    object('Deployment', { selector, template }),
  );
  expect(changed[0]).toMatch(/^spec.selector: .*field is immutable$/);
});

test('what a pod limits it also requests; a template stays as it was written', () => {
  const limited = [
    {
      name: 'c',
      image: 'i:1',
      resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } },
    },
  ];
  const pod = object('Pod', { containers: limited });
  fillDefaults('pods', pod);
  expect(pod['spec']).toMatchObject({
    containers: [{ resources: { requests: { cpu: '500m', memory: '1Gi' } } }],
  });
  const deployment = object('Deployment', {
    selector,
    template: { ...template, spec: { containers: limited } },
  });
  fillDefaults('deployments', deployment);
  expect(deployment['spec']).toMatchObject({ template: { spec: { containers: limited } } });
});
