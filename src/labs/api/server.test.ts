import { readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Ask, events, Fixture, PODS, pod, textOf } from './fixture.ts';

let api: Fixture;
const ask = (path: string, how?: Ask) => api.ask(path, how);

beforeEach(async () => {
  api = await Fixture.start({ bookmarkMs: 50 });
});

afterEach(() => api.stop());

test('the kubeconfigs are for their owner alone, and point to the server', async () => {
  for (const path of [api.server.kubeconfigPath, api.server.viewerKubeconfigPath]) {
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(parse(await readFile(path, 'utf8'))).toMatchObject({
      clusters: [{ cluster: { server: api.server.url } }],
    });
  }
});

test('only health and version are for everybody; a token that nobody has is 401', async () => {
  expect(await textOf(await api.open('/readyz', { token: null }))).toBe('ok');
  expect((await ask('/version', { token: null })).code).toBe(200);
  expect(await ask(PODS, { token: null })).toMatchObject({
    code: 403,
    body: {
      message:
        'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"',
    },
  });
  expect(await ask(PODS, { token: 'x' })).toMatchObject({
    code: 401,
    body: { kind: 'Status', reason: 'Unauthorized', message: 'Unauthorized' },
  });
});

test('the viewer reads, and changes nothing', async () => {
  expect((await ask(PODS, { viewer: true })).code).toBe(200);
  for (const [method, path] of [
    ['POST', PODS],
    ['DELETE', PODS],
    ['DELETE', `${PODS}/a`],
    ['PUT', `${PODS}/a`],
    ['PATCH', `${PODS}/a`],
  ])
    expect(await ask(path ?? '', { viewer: true, method: method ?? '', body: '{}' })).toMatchObject({
      code: 403,
      body: { reason: 'Forbidden' },
    });
  expect(api.store.list('pods')).toEqual([]);
});

test.each<[string, Ask, number]>([
  ['/api/v1/nothings', {}, 404],
  ['/apis/nothing.io/v1', {}, 404],
  ['/nothing', {}, 404],
  [`${PODS}/a`, {}, 404],
  [`${PODS}/a/exec`, {}, 404],
  ['/api/v1/namespaces/default/nodes', {}, 404],
  ['/api/v1/namespaces/%zz/pods', {}, 400],
  [`${PODS}?labelSelector=a%20in%20b`, {}, 400],
  [`${PODS}?fieldSelector=spec.x%3Dy`, {}, 400],
  [`${PODS}?resourceVersion=abc`, {}, 400],
  [`${PODS}?resourceVersion=99999`, {}, 504],
  [`${PODS}?continue=rubbish`, {}, 400],
  [PODS, { headers: { accept: 'image/png' } }, 406],
  [PODS, { method: 'POST', body: '{' }, 400],
  [PODS, { method: 'POST', body: '[]' }, 400],
  [PODS, { method: 'POST' }, 400],
  [PODS, { method: 'POST', body: '{}' }, 422],
  [PODS, { method: 'POST', body: '{"kind":"Node","apiVersion":"v1"}' }, 400],
  [PODS, { method: 'POST', body: '{"apiVersion":"apps/v1"}' }, 400],
  [PODS, { method: 'POST', body: pod('a', { namespace: 'other' }) }, 400],
  ['/api/v1/namespaces/nowhere/pods', { method: 'POST', body: pod('a') }, 404],
  [PODS, { method: 'POST', body: 'x', headers: { 'content-type': 'application/x-frob' } }, 415],
  [
    PODS,
    { method: 'POST', body: 'x', headers: { 'content-type': 'application/vnd.kubernetes.protobuf' } },
    400,
  ],
  [PODS, { method: 'POST', body: `"${'x'.repeat(4_000_000)}"` }, 413],
  [PODS, { method: 'PUT', body: '{}' }, 405],
  ['/readyz', { method: 'POST' }, 405],
])('%s %j is answered with a Status', async (path, how, code) => {
  expect(await ask(path, how)).toMatchObject({
    code,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code },
  });
});

test('bytes that are no HTTP do not hurt', async () => {
  const port = Number(new URL(api.server.url).port);
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end('no TLS at all\r\n\r\n'));
    socket.on('close', () => resolve());
    socket.on('error', () => {});
    socket.resume();
  });
  expect((await ask('/version')).code).toBe(200);
});

test('a watch sends changes and bookmarks until the API goes away; then it ends without a word', async () => {
  const list = await ask(PODS);
  const { resourceVersion } = list.body['metadata'] as { resourceVersion: string };
  const response = await api.open(
    `${PODS}?watch=true&allowWatchBookmarks=true&resourceVersion=${resourceVersion}`,
  );
  await ask(PODS, { method: 'POST', body: pod('a') });
  const seen = await events(
    response,
    (all) => all.some((one) => one.type === 'BOOKMARK') && all.some((one) => one.type === 'ADDED'),
  );
  expect(seen.map((one) => one.type)).toContain('ADDED');
  const second = await api.open(`${PODS}?watch=true`);
  const ended = textOf(second).then(
    () => 'ended',
    () => 'cut',
  );
  await api.server.pause();
  expect(['cut', 'ended']).toContain(await ended);
  await expect(ask('/version')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await api.server.resume();
  expect((await ask(`${PODS}/a`)).code).toBe(200);
});

test('a watch ends after the time that it asked for', async () => {
  const response = await api.open(`${PODS}?watch=true&timeoutSeconds=1`);
  expect(await textOf(response)).toBe('');
});

test('a watcher that does not read is cut off, and the others are not held up', async () => {
  const slow = await api.open('/api/v1/configmaps?watch=true');
  slow.pause();
  const cut = new Promise<void>((resolve) => slow.on('close', () => resolve()).on('error', () => {}));
  const key = { resource: 'configmaps', namespace: 'default', name: 'big' };
  const metadata = { name: 'big', namespace: 'default', uid: '', resourceVersion: '', creationTimestamp: '' };
  api.store.create(key, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  for (let n = 0; n < 40; n += 1)
    api.store.update(key, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { n: String(n), x: 'x'.repeat(1_000_000) },
    });
  slow.resume();
  await cut;
  expect(slow.complete).toBe(false);
  expect((await ask('/version')).code).toBe(200);
});

test('both forms of discovery tell the same', async () => {
  const type = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const whole = await ask('/apis', { headers: { accept: `${type},application/json` } });
  const groups = whole.body['items'] as {
    metadata: { name: string };
    versions: { version: string; resources: { resource: string }[] }[];
  }[];
  const old = await ask('/apis');
  expect(groups.map((one) => one.metadata.name)).toEqual(
    (old.body['groups'] as { name: string }[]).map((one) => one.name),
  );
  for (const { metadata, versions } of groups) {
    const list = await ask(`/apis/${metadata.name}/${versions[0]?.version}`);
    const names = (list.body['resources'] as { name: string }[])
      .map((one) => one.name)
      .filter((name) => !name.includes('/'));
    expect(versions[0]?.resources.map((one) => one.resource)).toEqual(names);
  }
});
