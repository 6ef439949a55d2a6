import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Call, Cluster, Sink } from '../http/call.ts';
import type { KubeObject } from '../objects.ts';
import { findResource } from '../resources.ts';
import { Store } from '../store.ts';
import { list } from './read.ts';
import { watch } from './watch.ts';

const pods = findResource('', 'v1', 'pods');
if (pods === undefined) throw new Error('pods are served');
const resource = pods;

interface WatchEvent {
  type: string;
  object: KubeObject & { code?: number };
}

const clusterOf = (store: Store): Cluster => ({
  store,
  logs: undefined,
  usage: undefined,
  bookmarkMs: 3_600_000,
  goneAs: 'event',
});

const callWith = (query: Record<string, string>): Call => ({
  who: 'admin',
  resource,
  namespace: 'default',
  name: undefined,
  subresource: undefined,
  query: new URLSearchParams(query),
  form: 'whole',
  contentType: '',
  body: undefined,
});

/** Opens a watch without a network; `close` ends it as a client would. */
function opened(store: Store, query: Record<string, string>) {
  const events: WatchEvent[] = [];
  const gone = new AbortController();
  const state = { ended: false };
  const sink: Sink = {
    signal: gone.signal,
    open: () => {},
    write: (text) => events.push(JSON.parse(text)) > 0,
    end: () => {
      state.ended = true;
    },
  };
  const outcome = watch(clusterOf(store), callWith(query));
  if (!outcome.ok) return { refused: outcome.problem, events, state, close: () => {} };
  if ('stream' in outcome.value) outcome.value.stream(sink);
  return { refused: undefined, events, state, close: () => gone.abort() };
}

function listed(store: Store, query: Record<string, string> = {}): { items: KubeObject[]; version: string } {
  const outcome = list(clusterOf(store), callWith(query));
  if (!outcome.ok || !('body' in outcome.value)) throw new Error('the list failed');
  const body = outcome.value.body as { items: KubeObject[]; metadata: { resourceVersion: string } };
  return { items: body.items, version: body.metadata.resourceVersion };
}

const key = (name: string) => ({ resource: 'pods', namespace: 'default', name });

const draft = (name: string, app: string, n = 0): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'default',
    uid: '',
    resourceVersion: '',
    creationTimestamp: '',
    labels: { app },
  },
  spec: { n },
});

const step = fc.record({
  verb: fc.constantFrom('create', 'update', 'remove', 'reconnect', 'other'),
  name: fc.constantFrom('a', 'b', 'c'),
  app: fc.constantFrom('x', 'y'),
  n: fc.nat(3),
});

function take(
  store: Store,
  { verb, name, app, n }: { verb: string; name: string; app: string; n: number },
): void {
  if (verb === 'create') store.create(key(name), draft(name, app, n));
  if (verb === 'update') store.update(key(name), draft(name, app, n));
  if (verb === 'remove') store.remove(key(name));
  if (verb === 'other')
    store.create({ resource: 'configmaps', namespace: 'default', name: `${name}${n}` }, draft(name, app));
}

/** What a client holds that follows list and watch to the letter, and refuses what cannot be. */
class Follower {
  readonly held = new Map<string, KubeObject>();
  version: string;

  constructor(first: { items: KubeObject[]; version: string }) {
    for (const item of first.items) this.held.set(item.metadata.name, item);
    this.version = first.version;
  }

  hear({ type, object }: WatchEvent): void {
    const { name, resourceVersion } = object.metadata;
    expect(Number(resourceVersion), 'versions only grow').toBeGreaterThan(Number(this.version));
    expect(this.held.has(name), `${type} of ${name}`).toBe(type !== 'ADDED');
    if (type === 'DELETED') this.held.delete(name);
    else this.held.set(name, object);
    this.version = resourceVersion;
  }
}

test.each([{}, { labelSelector: 'app=x' }])(
  'between list and watch no change is lost or doubled (%j)',
  (selector) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(20), (steps, before) => {
        const store = new Store();
        for (const one of steps.slice(0, before)) take(store, one);
        const follower = new Follower(listed(store, selector));
        for (const one of steps.slice(before, before + 5)) take(store, one);
        let open = opened(store, { ...selector, resourceVersion: follower.version });
        for (const one of steps.slice(before + 5)) {
          take(store, one);
          if (one.verb !== 'reconnect') continue;
          open.close();
          for (const event of open.events) follower.hear(event);
          open = opened(store, { ...selector, resourceVersion: follower.version });
        }
        open.close();
        for (const event of open.events) follower.hear(event);
        expect(
          [...follower.held.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)),
        ).toEqual(listed(store, selector).items);
      }),
    );
  },
);

test('leaving a selection is a deletion, with the last state inside it and the new version', () => {
  const store = new Store();
  store.create(key('a'), draft('a', 'x', 1));
  const open = opened(store, { labelSelector: 'app=x', resourceVersion: String(store.version) });
  store.update(key('a'), draft('a', 'y', 2));
  expect(open.events).toMatchObject([
    {
      type: 'DELETED',
      object: { metadata: { labels: { app: 'x' }, resourceVersion: String(store.version) }, spec: { n: 1 } },
    },
  ]);
  open.close();
});

test('without a version, or from 0, everything comes first', () => {
  const store = new Store();
  store.create(key('a'), draft('a', 'x'));
  for (const query of [{}, { resourceVersion: '0' }]) {
    const open = opened(store, query as Record<string, string>);
    expect(open.events.map(({ type }) => type)).toEqual(['ADDED']);
    open.close();
  }
});

test('sendInitialEvents ends the first part with an annotated bookmark', () => {
  const store = new Store();
  store.create(key('a'), draft('a', 'x'));
  const query = {
    sendInitialEvents: 'true',
    resourceVersionMatch: 'NotOlderThan',
    allowWatchBookmarks: 'true',
  };
  const open = opened(store, query);
  expect(open.events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK']);
  expect(open.events[1]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
  open.close();
  expect(opened(store, { sendInitialEvents: 'true' }).refused).toMatchObject({ code: 422 });
});

test('a version that is forgotten, or that never was, ends the watch with 410', () => {
  const store = new Store();
  store.create(key('a'), draft('a', 'x'));
  store.create(key('b'), draft('b', 'x'));
  store.compact();
  for (const resourceVersion of ['2', '99']) {
    const open = opened(store, { resourceVersion });
    expect(open.events).toMatchObject([
      { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } },
    ]);
    expect(open.state.ended).toBe(true);
    const asStatus = watch({ ...clusterOf(store), goneAs: 'status' }, callWith({ resourceVersion }));
    expect(asStatus).toMatchObject({ ok: false, problem: { code: 410 } });
  }
});

test('a page of a list shows the state of the first page, whatever happens between', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.array(step, { maxLength: 10 }), (before, between) => {
      const store = new Store();
      for (const one of before) take(store, one);
      const whole = listed(store).items;
      const found: KubeObject[] = [];
      let token = '';
      do {
        const outcome = list(
          clusterOf(store),
          callWith({ limit: '1', ...(token === '' ? {} : { continue: token }) }),
        );
        if (!outcome.ok || !('body' in outcome.value)) throw new Error('the list failed');
        const page = outcome.value.body as { items: KubeObject[]; metadata: { continue?: string } };
        found.push(...page.items);
        token = page.metadata.continue ?? '';
        for (const one of between) take(store, one);
      } while (token !== '');
      expect(found).toEqual(whole);
    }),
  );
});
