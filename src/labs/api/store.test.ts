import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject, ObjectKey } from './objects.ts';
import { type Change, Store } from './store.ts';

const key = (name: string, resource = 'configmaps'): ObjectKey => ({ resource, namespace: 'default', name });

const draft = (name: string, more: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', uid: '', resourceVersion: '', creationTimestamp: '' },
  ...more,
});

function made(store: Store, name: string, resource = 'configmaps'): KubeObject {
  const result = store.create(key(name, resource), draft(name));
  if (!result.ok) throw new Error(result.reason);
  return result.object;
}

test('a new object gets its identity, and its name is taken from then on', () => {
  const store = new Store();
  const object = made(store, 'a');
  expect(object.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
  expect(object.metadata.resourceVersion).toBe(String(store.version));
  expect(store.create(key('a'), draft('a'))).toEqual({ ok: false, reason: 'AlreadyExists' });
});

test('what leaves the store is a copy', () => {
  const store = new Store();
  const object = made(store, 'a');
  object['data'] = { stolen: 'yes' };
  const [listed] = store.list('configmaps');
  if (listed) listed['data'] = { stolen: 'yes' };
  expect(store.get(key('a'))).not.toHaveProperty('data');
});

test('a stale version is a conflict, an empty one overwrites', () => {
  const store = new Store();
  const first = made(store, 'a');
  const second = store.update(key('a'), { ...first, data: { n: '1' } });
  expect(second.ok).toBe(true);
  expect(store.update(key('a'), { ...first, data: { n: '2' } })).toEqual({ ok: false, reason: 'Conflict' });
  const forced = { ...first, metadata: { ...first.metadata, resourceVersion: '' }, data: { n: '3' } };
  expect(store.update(key('a'), forced)).toMatchObject({ ok: true, object: { data: { n: '3' } } });
});

test('an update never reaches the successor of the same name', () => {
  const store = new Store();
  const first = made(store, 'a');
  store.remove(key('a'));
  made(store, 'a');
  const late = { ...first, metadata: { ...first.metadata, resourceVersion: '' }, data: { n: 'late' } };
  expect(store.update(key('a'), late)).toEqual({ ok: false, reason: 'Conflict' });
});

test('an update that changes nothing, in whatever order of fields, tells nobody', () => {
  const store = new Store();
  store.create(key('a'), draft('a', { data: { x: '1', y: '2' } }));
  const seen: Change[] = [];
  store.subscribe((change) => seen.push(change));
  const same = { ...draft('a'), data: { y: '2', x: '1' }, gone: undefined };
  expect(store.update(key('a'), same).ok).toBe(true);
  expect(seen).toEqual([]);
});

test('generation counts the changes of the spec alone', () => {
  const store = new Store();
  const object = made(store, 'a', 'deployments');
  expect(object.metadata.generation).toBe(1);
  store.update(key('a', 'deployments'), { ...draft('a'), spec: { replicas: 2 } });
  expect(store.get(key('a', 'deployments'))?.metadata.generation).toBe(2);
  store.update(key('a', 'deployments'), { ...draft('a'), spec: { replicas: 2 }, status: { replicas: 1 } });
  expect(store.get(key('a', 'deployments'))?.metadata.generation).toBe(2);
});

test('listeners hear the changes in order, also those that a listener makes', () => {
  const store = new Store();
  const first: number[] = [];
  const second: number[] = [];
  store.subscribe((change) => {
    first.push(change.version);
    if (change.type === 'ADDED') store.remove(change.key);
  });
  store.subscribe((change) => second.push(change.version));
  made(store, 'a');
  expect(first).toEqual([2, 3]);
  expect(second).toEqual([2, 3]);
});

test('a listener that ends its subscription in the middle hears nothing more', () => {
  const store = new Store();
  const seen: string[] = [];
  let leave = () => false;
  store.subscribe(() => leave());
  const end = store.subscribe((change) => seen.push(change.type));
  leave = () => {
    end();
    return true;
  };
  made(store, 'a');
  expect(seen).toEqual([]);
});

test('history is kept up to a length, and forgotten by compaction', () => {
  const store = new Store({ keep: 3 });
  for (const name of ['a', 'b', 'c', 'd', 'e']) made(store, name);
  expect(store.changesSince(1)).toEqual({ gone: true });
  expect(store.changesSince(3)).toMatchObject({
    gone: false,
    changes: [{ version: 4 }, { version: 5 }, { version: 6 }],
  });
  store.compact();
  expect(store.changesSince(5)).toEqual({ gone: true });
  expect(store.changesSince(6)).toEqual({ gone: false, changes: [] });
});

const operation = fc.record({
  verb: fc.constantFrom('create', 'update', 'remove'),
  name: fc.constantFrom('a', 'b', 'c'),
  value: fc.string({ maxLength: 3 }),
});

test('any past state can be listed again as it was, as long as it is in the history', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
      const store = new Store();
      const states = new Map<number, KubeObject[]>();
      for (const { verb, name, value } of operations) {
        states.set(store.version, store.list('configmaps'));
        if (verb === 'create') store.create(key(name), draft(name, { data: { value } }));
        else if (verb === 'update') store.update(key(name), draft(name, { data: { value } }));
        else store.remove(key(name));
      }
      for (const [version, objects] of states)
        expect(store.listAt(version, 'configmaps')).toEqual({ gone: false, objects });
    }),
  );
});
