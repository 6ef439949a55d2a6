import type { IncomingMessage, ServerResponse } from 'node:http';
import { ok } from '../../../model/result.ts';
import { authorize, type Identity, review } from '../access.ts';
import type { Models } from '../kinds/fields.ts';
import { isMeasured } from '../resources.ts';
import { failure, type Outcome, refuse, unknownPath } from '../status.ts';
import { fieldsOf } from '../values.ts';
import { receive } from '../verbs/body.ts';
import { create } from '../verbs/create.ts';
import { remove, removeAll } from '../verbs/delete.ts';
import { evict } from '../verbs/evict.ts';
import { locate } from '../verbs/locate.ts';
import { logs } from '../verbs/logs.ts';
import { metrics } from '../verbs/metrics.ts';
import { list, read } from '../verbs/read.ts';
import { scale } from '../verbs/scale.ts';
import { patch, update } from '../verbs/update.ts';
import { watch } from '../verbs/watch.ts';
import { mediaType, readBody } from './body.ts';
import type { Answer, Call, Cluster } from './call.ts';
import { document } from './documents.ts';
import { formOf } from './form.ts';
import { type Place, type ProxyPlace, placeOf } from './path.ts';
import { passOn } from './proxy.ts';
import { send, sendDocument } from './send.ts';
import { sinkOf } from './sink.ts';

/** What a request needs to be answered. */
export interface Served {
  cluster: Cluster;
  models: () => Promise<Models>;
  /** Who sent it; a failure for a token that nobody has. */
  identify: (request: IncomingMessage) => Outcome<Identity>;
}

/** Answers one request, whatever it is: what cannot be done is answered with a Status. */
export async function handle(
  served: Served,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await answer(served, request, response);
  } catch (error) {
    const bad = error instanceof URIError;
    const text = error instanceof Error ? error.message : String(error);
    const status = bad ? failure(400, text) : failure(500, `Internal error occurred: ${text}`);
    if (!response.headersSent) send(request, response, { code: status.code, body: status });
    else response.destroy();
  }
}

async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const who = served.identify(request);
  const url = new URL(request.url ?? '/', 'https://127.0.0.1');
  const place = placeOf(url.pathname);
  if (who.ok && place?.at === 'proxy') {
    throughProxy({ served, who: who.value, place, url }, request, response);
    return;
  }
  const body = await readBody(request);
  const outcome = !who.ok
    ? who
    : !body.ok
      ? body
      : await route(served, { request, url, who: who.value, body: body.value }, place);
  if (!outcome.ok) send(request, response, { code: outcome.problem.code, body: outcome.problem });
  else if ('stream' in outcome.value) outcome.value.stream(sinkOf(response));
  else if ('text' in outcome.value) sendDocument(response, outcome.value);
  else send(request, response, outcome.value);
}

interface Asked {
  request: IncomingMessage;
  url: URL;
  who: Identity;
  body: unknown;
}

type Routed = Outcome<Answer | { text: string | Buffer; type: string; code: number }>;

/** Its body is not read here: it may be of any kind, and of any length. */
function throughProxy(
  { served, who, place, url }: { served: Served; who: Identity; place: ProxyPlace; url: URL },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { resource, namespace, id, rest } = place;
  const verb = verbOf(request.method ?? '', id, new URLSearchParams());
  const attempt = { group: '', resource: resource.plural, subresource: 'proxy', namespace, name: id };
  const allowed = authorize(who, { verb: verb ?? 'get', ...attempt });
  const found = allowed.ok ? locate(served.cluster.store, place) : allowed;
  if (!found.ok) send(request, response, { code: found.problem.code, body: found.problem });
  else if (rest !== '') passOn({ from: request, response }, { ...found.value, path: `${rest}${url.search}` });
  else response.writeHead(301, { Location: `${url.pathname}/${url.search}` }).end();
}

async function route(served: Served, asked: Asked, place: Place | undefined): Promise<Routed> {
  if (place === undefined || place.at === 'proxy') return unknownPath();
  if (place.at === 'document') {
    const allowed = authorize(asked.who, {
      verb: (asked.request.method ?? '').toLowerCase(),
      path: place.path,
    });
    return allowed.ok ? document(asked.request, place.path, asked.url.searchParams) : allowed;
  }
  if (place.at === 'resource') return onResource(served, asked, place);
  if (asked.request.method !== 'POST') return notAllowed();
  const { group, plural, kind } = place.review;
  const allowed = authorize(asked.who, { verb: 'create', group, resource: plural });
  return allowed.ok ? ok({ code: 201, body: review(asked.who, kind, fieldsOf(asked.body)) }) : allowed;
}

async function onResource(
  served: Served,
  { request, url, who, body }: Asked,
  place: Extract<Place, { at: 'resource' }>,
): Promise<Routed> {
  const { resource, namespace, name, subresource } = place;
  const method = request.method ?? '';
  const verb = verbOf(method, name, url.searchParams);
  if (verb === undefined) return notAllowed();
  const allowed = authorize(who, {
    verb,
    group: resource.group,
    resource: resource.plural,
    subresource,
    namespace,
    name,
  });
  if (!allowed.ok) return allowed;
  const form = formOf(request.headers.accept);
  if (form === undefined) return refuse(406, 'only the following media types are accepted: application/json');
  const query = url.searchParams;
  const call: Call = {
    who,
    resource,
    namespace,
    name,
    subresource,
    query,
    form,
    contentType: mediaType(request),
    body,
  };
  const models = ['create', 'update', 'patch'].includes(verb) ? await served.models() : new Map();
  return act(served.cluster, call, { verb, method, models });
}

interface Doing {
  verb: string;
  method: string;
  models: Models;
}

function act(cluster: Cluster, call: Call, doing: Doing): Outcome<Answer> {
  const { verb, method, models } = doing;
  if (isMeasured(call.resource))
    return call.resource.verbs.includes(verb) ? metrics(cluster, call) : notAllowed();
  if (call.subresource === 'log') return verb === 'get' ? logs(cluster, call) : notAllowed();
  if (call.subresource === 'eviction') return method === 'POST' ? evict(cluster, call) : notAllowed();
  if (call.subresource === 'scale')
    return ['GET', 'PUT', 'PATCH'].includes(method)
      ? scale(cluster, call, { name: method, models })
      : notAllowed();
  if (call.subresource !== undefined && !['GET', 'PUT', 'PATCH'].includes(method)) return notAllowed();
  if (verb === 'get') return read(cluster, call);
  if (verb === 'list') return list(cluster, call);
  if (verb === 'watch') return watch(cluster, call);
  if (verb === 'delete') return remove(cluster, call);
  if (verb === 'deletecollection') return removeAll(cluster, call);
  return write(cluster, call, doing);
}

function write(cluster: Cluster, call: Call, { verb, models }: Doing): Outcome<Answer> {
  if (verb === 'patch') return patch(cluster, call, models);
  const received = receive(call, models, call.body);
  if (!received.ok) return received;
  return verb === 'create' ? create(cluster, call, received.value) : update(cluster, call, received.value);
}

/** The API's word for what a request does; undefined when the method does not fit the path (405). */
function verbOf(method: string, name: string | undefined, query: URLSearchParams): string | undefined {
  if (method === 'GET' || method === 'HEAD') {
    if (['true', '1'].includes(query.get('watch') ?? '')) return 'watch';
    return name === undefined ? 'list' : 'get';
  }
  if (method === 'POST') return 'create';
  if (method === 'DELETE') return name === undefined ? 'deletecollection' : 'delete';
  if (name === undefined) return undefined;
  return { PUT: 'update', PATCH: 'patch' }[method];
}

const notAllowed = () =>
  refuse(405, 'the server does not allow this method on the requested resource', { details: {} });
