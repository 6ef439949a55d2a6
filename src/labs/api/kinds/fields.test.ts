import { expect, test } from 'vitest';
import { decode, loadModels } from './fields.ts';

const models = await loadModels();

const deployment = (spec: Record<string, unknown>) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {},
  spec,
});

test('unknown fields are left out and told by their path', () => {
  const containers = [{ name: 'a', imagePullPolcy: 'Always' }];
  const read = decode(models, 'Deployment', deployment({ replica: 1, template: { spec: { containers } } }));
  expect(read.unknown).toEqual(['spec.replica', 'spec.template.spec.containers[0].imagePullPolcy']);
  expect(read.object['spec']).toEqual({ template: { spec: { containers: [{ name: 'a' }] } } });
});

test('nulls are as good as nothing', () => {
  const read = decode(models, 'Deployment', deployment({ replicas: null, strategy: {} }));
  expect(read).toMatchObject({ unknown: [], wrong: undefined });
  expect(read.object['spec']).toEqual({ strategy: {} });
});

test.each([
  [
    { replicas: 'two' },
    'cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    { template: { spec: { containers: {} } } },
    'cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []V1Container',
  ],
  [{ paused: 1 }, 'cannot unmarshal number into Go struct field DeploymentSpec.spec.paused of type bool'],
])('%j is told as the API tells it', (spec, text) => {
  expect(decode(models, 'Deployment', deployment(spec)).wrong).toBe(`json: ${text}`);
});

test.each([
  ['1024Mi', '1Gi', undefined],
  ['0.5', '500m', undefined],
  [
    '64MB',
    '64MB',
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
])('the quantity %s is kept as %s', (given, kept, wrong) => {
  const containers = [{ name: 'a', resources: { requests: { memory: given } } }];
  const read = decode(models, 'Pod', { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers } });
  expect(read.wrong).toBe(wrong);
  expect(read.object['spec']).toEqual({
    containers: [{ name: 'a', resources: { requests: { memory: kept } } }],
  });
});

test('a number may stand for a quantity, and either for intOrString', () => {
  const container = {
    name: 'a',
    resources: { limits: { cpu: 1 } },
    readinessProbe: { httpGet: { port: 'http' } },
  };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers: [container] } };
  const read = decode(models, 'Pod', pod);
  expect(read).toMatchObject({ unknown: [], wrong: undefined });
  expect(read.object['spec']).toMatchObject({ containers: [{ resources: { limits: { cpu: '1' } } }] });
});

test('events and leases are read too, micro times included', () => {
  const event = {
    kind: 'Event',
    metadata: {},
    involvedObject: { kind: 'Pod' },
    eventTime: '2026-01-01T00:00:00.000000Z',
  };
  expect(decode(models, 'Event', event)).toEqual({ object: event, unknown: [], wrong: undefined });
  const lease = {
    kind: 'Lease',
    metadata: {},
    spec: { holderIdentity: 'x', renewTime: '2026-01-01T00:00:00.000000Z' },
  };
  expect(decode(models, 'Lease', lease)).toEqual({ object: lease, unknown: [], wrong: undefined });
});
