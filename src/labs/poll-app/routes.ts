import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Metrics } from './metrics.ts';
import type { Votes } from './votes.ts';

export interface Backend {
  votes: Votes;
  metrics: Metrics;
  /** This backend's name: which pod took a vote. */
  name: string;
  /** Added to each API request. */
  delayMs: number;
  /** The share of API requests that fail on purpose, 0 to 1. */
  errorRate: number;
  /** False once it has been told to end. */
  ready(): boolean;
}

interface Answer {
  status: number;
  body: unknown;
}

interface Route {
  /** The path's pattern, as the metrics name it. */
  route: string;
  answer(request: IncomingMessage): Promise<Answer> | Answer;
}

const MOST_BODY = 16_384;
const NO_SUCH_PATH: Route = { route: 'none', answer: () => ({ status: 404, body: { error: 'Not found' } }) };
const NO_SUCH_POLL: Answer = { status: 404, body: { error: 'No such poll' } };

/** Answers all requests of a backend, and counts them. */
export function createHandler(backend: Backend): RequestListener {
  return (request, response) => {
    const begun = performance.now();
    const { route, answer } = routeOf(backend, request);
    const finish = ({ status, body }: Answer): void => {
      send(response, { status, body }, backend.ready());
      const seconds = (performance.now() - begun) / 1000;
      backend.metrics.request({ method: request.method ?? '', route, status, seconds });
    };
    Promise.resolve(answer(request)).then(finish, (error: unknown) => {
      process.stderr.write(`${request.method} ${request.url}: ${String(error)}\n`);
      finish({ status: 503, body: { error: 'The votes cannot be reached' } });
    });
  };
}

function send(response: ServerResponse, { status, body }: Answer, ready: boolean): void {
  if (response.destroyed) return;
  const isText = typeof body === 'string';
  const text = isText ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; version=0.0.4' : 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(ready ? {} : { connection: 'close' }),
  });
  response.end(text);
}

function routeOf(backend: Backend, request: IncomingMessage): Route {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const method = request.method ?? '';
  const poll = /^\/api\/polls\/([^/]+)(\/vote)?$/.exec(path);
  if (poll !== null)
    return pollRoute(backend, { method, id: decode(poll[1]), voting: poll[2] !== undefined });
  if (method !== 'GET' && method !== 'HEAD') return NO_SUCH_PATH;
  const { ready, metrics } = backend;
  switch (path) {
    case '/healthz':
      return { route: path, answer: () => ({ status: 200, body: { status: 'ok' } }) };
    case '/readyz':
      return { route: path, answer: () => readiness(ready()) };
    case '/metrics':
      return { route: path, answer: () => ({ status: 200, body: metrics.text() }) };
    default:
      return NO_SUCH_PATH;
  }
}

const readiness = (ready: boolean): Answer =>
  ready ? { status: 200, body: { status: 'ready' } } : { status: 503, body: { status: 'ending' } };

function decode(text = ''): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function pollRoute(
  backend: Backend,
  { method, id, voting }: { method: string; id: string; voting: boolean },
): Route {
  const route = voting ? '/api/polls/:id/vote' : '/api/polls/:id';
  if (method !== (voting ? 'POST' : 'GET')) {
    return { route, answer: () => ({ status: 405, body: { error: 'Method not allowed' } }) };
  }
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    if (backend.delayMs > 0) await delay(backend.delayMs);
    if (Math.random() < backend.errorRate) return { status: 500, body: { error: 'Injected failure' } };
    return voting ? vote(backend, id, request) : results(backend, id);
  };
  return { route, answer };
}

function results({ votes }: Backend, id: string): Answer {
  const counts = votes.results(id);
  if (counts === undefined) return NO_SUCH_POLL;
  const options = Object.entries(counts).map(([option, count]) => ({ option, votes: count }));
  const total = options.reduce((sum, one) => sum + one.votes, 0);
  return { status: 200, body: { id, options, total } };
}

async function vote(backend: Backend, poll: string, request: IncomingMessage): Promise<Answer> {
  const body = await readBody(request);
  if (body === undefined) return { status: 413, body: { error: 'The body is too large' } };
  const given = parse(body);
  const option = given?.['option'];
  if (typeof option !== 'string') return { status: 400, body: { error: 'The body must be {"option": "…"}' } };
  const id = idOf(request, given);
  const outcome = backend.votes.cast({ id, poll, option, by: backend.name });
  if (outcome === 'unknown-option') return refuseOption(backend, poll, option);
  if (outcome === 'recorded') backend.metrics.vote(option);
  return { status: outcome === 'recorded' ? 201 : 200, body: { id, poll, option } };
}

function refuseOption({ votes }: Backend, poll: string, option: string): Answer {
  const counts = votes.results(poll);
  if (counts === undefined) return NO_SUCH_POLL;
  return { status: 400, body: { error: `Unknown option "${option}"`, options: Object.keys(counts) } };
}

/** The voter's own id makes a retry safe: it counts once. */
function idOf(request: IncomingMessage, given: Record<string, unknown> | undefined): string {
  const header = request.headers['idempotency-key'];
  if (typeof header === 'string' && header !== '') return header;
  const id = given?.['id'];
  return typeof id === 'string' && id !== '' ? id : randomUUID();
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MOST_BODY) chunks.push(chunk);
  }
  return size <= MOST_BODY ? Buffer.concat(chunks).toString() : undefined;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
