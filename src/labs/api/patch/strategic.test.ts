import { expect, test } from 'vitest';
import type { Fields } from '../values.ts';
import { strategicPatch } from './strategic.ts';

function patched(target: Fields, patch: Fields): Fields {
  const before = structuredClone(target);
  const outcome = strategicPatch(target, patch);
  expect(target, 'the target itself').toEqual(before);
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.value;
}

const pod = (spec: Fields): Fields => ({ spec });
const env = (...names: string[]) => names.map((name) => ({ name, value: name.toUpperCase() }));

test('containers are merged by name, and their env by name', () => {
  const before = pod({
    containers: [
      { name: 'a', image: 'x', env: env('p', 'q') },
      { name: 'b', image: 'y' },
    ],
  });
  const after = patched(
    before,
    pod({
      containers: [
        {
          name: 'a',
          env: [
            { name: 'q', value: 'new' },
            { name: 'r', value: 'R' },
          ],
        },
      ],
    }),
  );
  expect(after).toEqual(
    pod({
      containers: [
        { name: 'a', image: 'x', env: [...env('p'), { name: 'q', value: 'new' }, ...env('r')] },
        { name: 'b', image: 'y' },
      ],
    }),
  );
});

test('the env of a pod template is found at its own depth', () => {
  const template = (containers: unknown[]) => ({ spec: { template: { spec: { containers } } } });
  const after = patched(
    template([{ name: 'a', env: env('p') }]),
    template([{ name: 'a', env: [{ name: 'p', $patch: 'delete' }] }]),
  );
  expect(after).toEqual(template([{ name: 'a', env: [] }]));
});

test('container ports are merged by containerPort, service ports by port', () => {
  const container = (ports: unknown[]) => pod({ containers: [{ name: 'a', ports }] });
  expect(
    patched(container([{ containerPort: 1, name: 'x' }]), container([{ containerPort: 1, protocol: 'UDP' }])),
  ).toEqual(container([{ containerPort: 1, name: 'x', protocol: 'UDP' }]));
  const service = (ports: unknown[]) => ({ spec: { ports } });
  expect(patched(service([{ port: 80, nodePort: 1 }]), service([{ port: 81 }]))).toEqual(
    service([{ port: 80, nodePort: 1 }, { port: 81 }]),
  );
});

test('conditions are merged by type, owners by uid, finalizers as a set', () => {
  const before = {
    metadata: { finalizers: ['a'], ownerReferences: [{ uid: '1', name: 'x' }] },
    status: { conditions: [{ type: 'Ready', status: 'False' }] },
  };
  const after = patched(before, {
    metadata: { finalizers: ['a', 'b'], ownerReferences: [{ uid: '2', name: 'y' }] },
    status: {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'Other', status: 'True' },
      ],
    },
  });
  expect(after).toEqual({
    metadata: {
      finalizers: ['a', 'b'],
      ownerReferences: [
        { uid: '1', name: 'x' },
        { uid: '2', name: 'y' },
      ],
    },
    status: {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'Other', status: 'True' },
      ],
    },
  });
});

test('lists without a merge key are replaced', () => {
  const before = pod({ tolerations: [{ key: 'a' }], containers: [{ name: 'a', args: ['1', '2'] }] });
  const after = patched(
    before,
    pod({ tolerations: [{ key: 'b' }], containers: [{ name: 'a', args: ['3'] }] }),
  );
  expect(after).toEqual(pod({ tolerations: [{ key: 'b' }], containers: [{ name: 'a', args: ['3'] }] }));
});

test('$patch: replace replaces a map or a list, $patch: delete removes a map', () => {
  const before = {
    spec: { strategy: { type: 'A', rollingUpdate: {} }, selector: { a: 'b' }, volumes: [{ name: 'v' }] },
  };
  const after = patched(before, {
    spec: {
      strategy: { $patch: 'replace', type: 'Recreate' },
      selector: { $patch: 'delete' },
      volumes: [{ $patch: 'replace' }, { name: 'w' }],
    },
  });
  expect(after).toEqual({ spec: { strategy: { type: 'Recreate' }, volumes: [{ name: 'w' }] } });
});

test('$retainKeys drops what it does not name', () => {
  const before = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
  const after = patched(before, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } });
  expect(after).toEqual({ spec: { strategy: { type: 'Recreate' } } });
});

test('$setElementOrder puts what it names in order, and keeps what only the server has', () => {
  const list = (...names: string[]) => names.map((name) => ({ name }));
  const after = patched(pod({ containers: list('a', 'server', 'b') }), {
    spec: { '$setElementOrder/containers': list('b', 'c', 'a'), containers: list('c') },
  });
  expect((after['spec'] as Fields)['containers']).toEqual(list('server', 'b', 'c', 'a'));
  const untouched = patched(pod({ containers: list('a', 'b') }), {
    spec: { '$setElementOrder/containers': list('b', 'a') },
  });
  expect((untouched['spec'] as Fields)['containers']).toEqual(list('b', 'a'));
});

test('$deleteFromPrimitiveList takes values out of a list', () => {
  const after = patched(
    { metadata: { finalizers: ['a', 'b'] } },
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
  );
  expect(after).toEqual({ metadata: { finalizers: ['b'] } });
});

test('null removes, and a directive never ends in the object', () => {
  const after = patched(
    { a: 1 },
    { a: null, b: { c: null, $patch: 'merge' }, spec: { volumes: [{ name: 'x', $patch: 'delete' }] } },
  );
  expect(after).toEqual({ b: {}, spec: { volumes: [] } });
});

test('an element without its merge key, or an unknown directive, is refused', () => {
  expect(strategicPatch({}, pod({ containers: [{ image: 'x' }] }))).toMatchObject({
    ok: false,
    problem: { code: 400, message: 'map: {"image":"x"} does not contain declared merge key: name' },
  });
  expect(strategicPatch({}, { $patch: 'frob' })).toMatchObject({ ok: false, problem: { code: 400 } });
});
