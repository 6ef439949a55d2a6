import { beforeEach, describe, expect, test } from 'vitest';
import { Store } from '../../api/store.ts';
import { newMetadata } from '../access.ts';
import type { EnvVar } from '../shapes.ts';
import { makePod, NAMESPACE } from '../test-support.ts';
import { createBackOff } from './backoff.ts';
import { environmentOf } from './environment.ts';
import { commandOf } from './images.ts';

let store: Store;
beforeEach(() => {
  store = new Store();
  const put = (resource: string, kind: string, data: Record<string, string>) =>
    store.create(
      { resource, namespace: NAMESPACE, name: 'there' },
      { apiVersion: 'v1', kind, metadata: newMetadata('there', NAMESPACE), data },
    );
  put('configmaps', 'ConfigMap', { colour: 'green' });
  put('secrets', 'Secret', { word: Buffer.from('hush').toString('base64') });
});

function environment(env: EnvVar[]) {
  const pod = makePod('web-1', { env, ports: [{ containerPort: 8080 }] });
  const [container] = pod.spec.containers;
  if (container === undefined) throw new Error('no container');
  return environmentOf(store, pod, { container, ip: '127.9.0.2', home: '/home' });
}

describe('a container’s environment', () => {
  test('says where to listen, and nothing of ours', () => {
    process.env['AFTERSHOCK_TEST_SECRET'] = 'secret';
    const made = environment([]);
    delete process.env['AFTERSHOCK_TEST_SECRET'];
    expect(made).toEqual({
      ok: true,
      env: { PATH: expect.any(String), HOME: '/home', HOSTNAME: 'web-1', HOST: '127.9.0.2', PORT: '8080' },
    });
  });

  test('takes values from everywhere', () => {
    const made = environment([
      { name: 'PLAIN', value: 'a' },
      { name: 'MAP', valueFrom: { configMapKeyRef: { name: 'there', key: 'colour' } } },
      { name: 'SECRET', valueFrom: { secretKeyRef: { name: 'there', key: 'word' } } },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'BOTH', value: '$(PLAIN)-$(MAP)-$(NOTHING)' },
      { name: 'MAYBE', valueFrom: { configMapKeyRef: { name: 'missing', key: 'x', optional: true } } },
      { name: 'PORT', value: '9090' },
    ]);
    expect(made).toMatchObject({
      ok: true,
      env: {
        PLAIN: 'a',
        MAP: 'green',
        SECRET: 'hush',
        POD: 'web-1',
        IP: '127.9.0.2',
        APP: 'web-1',
        BOTH: 'a-green-$(NOTHING)',
        PORT: '9090',
      },
    });
    expect(made.ok && 'MAYBE' in made.env).toBe(false);
  });

  test.each([
    [{ configMapKeyRef: { name: 'missing', key: 'x' } }, 'configmap "missing" not found'],
    [{ secretKeyRef: { name: 'missing', key: 'x' } }, 'secret "missing" not found'],
    [{ configMapKeyRef: { name: 'there', key: 'x' } }, "couldn't find key x in ConfigMap test/there"],
  ])('names what is missing: %j', (valueFrom, message) => {
    expect(environment([{ name: 'A', valueFrom }])).toEqual({ ok: false, message });
  });
});

test('a command is the image’s, unless the container has one', () => {
  const images = { known: { command: ['run', 'me'] } };
  expect(commandOf({ image: 'known', args: ['fast'] }, images)).toEqual(['run', 'me', 'fast']);
  expect(commandOf({ image: 'known', command: ['sh'] }, images)).toEqual(['sh']);
  expect(commandOf({ image: 'unknown', command: ['sh'] }, images)).toEqual(['sh']);
  expect(commandOf({ image: 'unknown', args: ['x'] }, images)).toBeUndefined();
});

test('back-off: none at first, then doubling up to the limit, and forgiven after a long run', () => {
  const backOff = createBackOff({ backOff: 10, mostBackOff: 60, forgiving: 600 });
  expect([0, 1, 1, 1, 1, 1].map((ran) => backOff.next(ran))).toEqual([0, 10, 20, 40, 60, 60]);
  expect([backOff.next(600), backOff.next(1)]).toEqual([0, 10]);
});
