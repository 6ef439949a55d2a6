import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fixture, PODS, textOf } from '../fixture.ts';

const SERVICES = '/api/v1/namespaces/default/services';
const CLOSED = 31_101;
let api: Fixture;
let app: Server;
let port: number;
let unanswered: ServerResponse | undefined;

/** The app behind the proxy: tells what it got; /slow never answers; /broken breaks off in the middle. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/slow') unanswered = response;
  else if (request.url === '/broken') {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setTimeout(() => response.destroy(), 50);
  } else {
    const { method, url, headers } = request;
    response.writeHead(method === 'DELETE' ? 410 : 200, { 'x-app': 'yes', 'content-type': 'text/plain' });
    response.end(JSON.stringify({ method, url, headers, body: await textOf(request) }));
  }
}

beforeAll(async () => {
  api = await Fixture.start();
  app = createServer((request, response) => void answer(request, response)).listen(31_100, '127.0.0.1');
  await once(app, 'listening');
  port = (app.address() as AddressInfo).port;
  addPod('up', { podIP: '127.0.0.1' });
  addPod('starting', {});
  addService('one', { ports: [{ name: 'web', port: 80 }] });
  addService('two', {
    ports: [
      { name: 'web', port: 80 },
      { name: 'other', port: 81 },
    ],
  });
  addService('empty', { ports: [{ name: 'web', port: 80 }] });
  for (const name of ['one', 'two']) {
    const subsets = [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'web', port }] }];
    add('endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata: metadata(name), subsets });
  }
});
afterAll(async () => {
  app.closeAllConnections();
  app.close();
  await api.stop();
});

const metadata = (name: string) => ({
  name,
  namespace: 'default',
  uid: '',
  resourceVersion: '',
  creationTimestamp: '',
});

function add(resource: string, object: Parameters<Fixture['store']['create']>[1]): void {
  api.store.create({ resource, namespace: 'default', name: object.metadata.name }, object);
}

function addPod(name: string, status: object): void {
  const containers = [{ name: 'c', image: 'i', ports: [{ name: 'web', containerPort: port }] }];
  add('pods', { apiVersion: 'v1', kind: 'Pod', metadata: metadata(name), spec: { containers }, status });
}

const addService = (name: string, spec: object): void =>
  add('services', { apiVersion: 'v1', kind: 'Service', metadata: metadata(name), spec });

test.each([
  ['its first port', `${PODS}/up/proxy/metrics`],
  ['a port by number', `${PODS}/up:31100/proxy/metrics`],
  ['a port by name', `${PODS}/up:web/proxy/metrics`],
  ['a scheme', `${PODS}/http:up:31100/proxy/metrics`],
  ["a Service's only port", `${SERVICES}/one/proxy/metrics`],
  ["a Service's port by number", `${SERVICES}/two:80/proxy/metrics`],
  ["a Service's port by name", `${SERVICES}/http:two:web/proxy/metrics`],
])('reaches what is behind, by %s', async (_, path) => {
  expect(await api.ask(path)).toMatchObject({ code: 200, body: { method: 'GET', url: '/metrics' } });
});

test('passes on method, path, query, body and answer, but not who asked', async () => {
  const sent = { method: 'POST', body: 'a=1', headers: { 'content-type': 'text/x-odd', 'x-mine': '1' } };
  const { code, body } = await api.ask(`${PODS}/up/proxy/a%20b/?c=d%2Fe`, sent);
  expect(code).toBe(200);
  expect(body).toMatchObject({ method: 'POST', url: '/a%20b/?c=d%2Fe', body: 'a=1' });
  const { headers } = body as { headers: Record<string, string> };
  expect(headers).toMatchObject({ 'x-mine': '1', 'content-type': 'text/x-odd', host: '127.0.0.1:31100' });
  expect(headers).not.toHaveProperty('authorization');
  const gone = await api.open(`${PODS}/up/proxy/`, { method: 'DELETE' });
  expect([gone.statusCode, gone.headers['x-app']]).toEqual([410, 'yes']);
});

test('without a path is sent to the path with a slash', async () => {
  const answered = await api.open(`${PODS}/up/proxy?x=1`);
  expect([answered.statusCode, answered.headers.location]).toEqual([301, `${PODS}/up/proxy/?x=1`]);
});

describe('what cannot be reached is told as the API tells it:', () => {
  test.each([
    [`${PODS}/none/proxy/`, 404, 'pods "none" not found'],
    [`${SERVICES}/none:80/proxy/`, 404, 'services "none" not found'],
    [`${PODS}/a:b:c:d/proxy/`, 400, 'invalid pod request "a:b:c:d"'],
    [`${PODS}/ftp:up:1/proxy/`, 400, 'invalid pod request "ftp:up:1"'],
    [`${PODS}/starting/proxy/`, 400, 'address not allowed'],
    [
      `${PODS}/up:${CLOSED}/proxy/`,
      503,
      `error trying to reach service: dial tcp 127.0.0.1:${CLOSED}: connect: connection refused`,
    ],
    [`${SERVICES}/empty/proxy/`, 503, 'no endpoints available for service "empty"'],
    [`${SERVICES}/two/proxy/`, 503, 'no service port "" found for service "two"'],
  ])('%s', async (path, code, message) => {
    const reason = { 400: 'BadRequest', 404: 'NotFound', 503: 'ServiceUnavailable' }[code];
    const expected = { kind: 'Status', status: 'Failure', code, reason, message };
    expect(await api.ask(path)).toMatchObject({ code, body: expected });
  });
});

test('an answer that breaks off in the middle does so for the client too', async () => {
  await expect(api.ask(`${PODS}/up/proxy/broken`)).rejects.toThrow('aborted');
});

test('a client that goes away takes its request with it', async () => {
  const asked = api.open(`${PODS}/up/proxy/slow`).catch((error: Error) => error.message);
  await expect.poll(() => unanswered?.destroyed).toBe(false);
  await api.server.pause();
  await expect.poll(() => unanswered?.destroyed).toBe(true);
  await api.server.resume();
  expect(await asked).toBe('socket hang up');
});

test('a viewer may get, and nothing else; nobody may without a token', async () => {
  expect((await api.ask(`${PODS}/up/proxy/`, { viewer: true })).code).toBe(200);
  expect(await api.ask(`${PODS}/up/proxy/`, { viewer: true, method: 'POST' })).toMatchObject({
    code: 403,
    body: { message: expect.stringContaining('cannot create resource "pods/proxy"') },
  });
  expect((await api.ask(`${PODS}/up/proxy/`, { token: null })).code).toBe(403);
  expect((await api.ask(`${PODS}/up/proxy/`, { token: 'wrong' })).code).toBe(401);
});
