import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Answer, type App, type Asked, type Route, readBody } from '../app/handler.ts';
import type { Counter } from '../app/metrics.ts';
import type { Burn } from './busy.ts';
import type { Knobs } from './knobs.ts';
import { slowDown } from './troubles.ts';
import type { Votes } from './votes.ts';

export interface Backend {
  votes: Votes;
  /** Votes recorded, by option. */
  voted: Counter;
  /** This backend's name: which pod took a vote. */
  name: string;
  knobs: Knobs;
  burn: Burn;
}

/** The most bytes that a vote may have. */
export const MOST_BODY = 16_384;
const MOST_LISTED = 10_000;
const LISTED = 1_000;
const NO_SUCH_POLL: Answer = { status: 404, body: { error: 'No such poll' } };

/** The poll API: results, the ledger of votes, and voting. */
export function pollRoutes(backend: Backend): App['routeOf'] {
  return ({ method, path, query }) => {
    const found = /^\/api\/polls\/([^/]+)(\/vote|\/votes)?$/.exec(path);
    if (found === null) return undefined;
    const [, poll = '', rest = ''] = found;
    const route = `/api/polls/:id${rest}`;
    if (method !== (rest === '/vote' ? 'POST' : 'GET')) {
      return { route, answer: () => ({ status: 405, body: { error: 'Method not allowed' } }) };
    }
    return { route, answer: answerOf(backend, { poll: decode(poll), rest, query }) };
  };
}

function answerOf(
  backend: Backend,
  { poll, rest, query }: { poll: string; rest: string; query: URLSearchParams },
): Route['answer'] {
  // The ledger proves what happened to votes: it is neither slowed down nor made to fail.
  if (rest === '/votes') return () => ledger(backend, poll, query);
  return async ({ request }: Asked) => {
    const { knobs } = backend;
    // Before the delay: a vote that has arrived is stored also where its voter does not wait for the answer.
    const body = await readBody(request, MOST_BODY);
    await slowDown(knobs, 'api');
    if (Math.random() < knobs.errorRate) return { status: 500, body: { error: 'Injected failure' } };
    return rest === '/vote' ? vote(backend, { poll, request, body }) : results(backend, poll);
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function results({ votes }: Backend, id: string): Answer {
  const counts = votes.results(id);
  if (counts === undefined) return NO_SUCH_POLL;
  const options = Object.entries(counts).map(([option, count]) => ({ option, votes: count }));
  const total = options.reduce((sum, one) => sum + one.votes, 0);
  return { status: 200, body: { id, options, total } };
}

function ledger({ votes }: Backend, poll: string, query: URLSearchParams): Answer {
  const after = wholeNumber(query.get('after') ?? '0');
  const limit = wholeNumber(query.get('limit') ?? String(LISTED));
  if (after === undefined || limit === undefined || limit < 1 || limit > MOST_LISTED) {
    const error = `after must be a whole number, and limit one from 1 to ${MOST_LISTED}`;
    return { status: 400, body: { error } };
  }
  if (votes.results(poll) === undefined) return NO_SUCH_POLL;
  const page = votes.list({ poll, after, limit });
  const next = page.length === limit ? page.at(-1)?.number : undefined;
  return { status: 200, body: { votes: page, next: next ?? null } };
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function vote(
  backend: Backend,
  { poll, request, body }: { poll: string; request: IncomingMessage; body: Buffer | undefined },
): Answer {
  if (body === undefined) return { status: 413, body: { error: 'The body is too large' } };
  const given = parse(body.toString());
  const option = given?.['option'];
  if (typeof option !== 'string') return { status: 400, body: { error: 'The body must be {"option": "…"}' } };
  backend.burn(backend.knobs.cpuMsPerVote);
  const id = idOf(request, given);
  const again = backend.knobs.ignoreIdempotency;
  const outcome = backend.votes.cast({ id, poll, option, by: backend.name, again });
  if (outcome === 'unknown-option') return refuseOption(backend, poll, option);
  if (outcome === 'recorded') backend.voted.add({ option });
  return { status: outcome === 'recorded' ? 201 : 200, body: { id, poll, option } };
}

function refuseOption({ votes }: Backend, poll: string, option: string): Answer {
  const counts = votes.results(poll);
  if (counts === undefined) return NO_SUCH_POLL;
  return { status: 400, body: { error: `Unknown option "${option}"`, options: Object.keys(counts) } };
}

/** The voter's own id makes a retry safe: it counts once. What stands in the body goes before a proxy's header. */
function idOf(request: IncomingMessage, given: Record<string, unknown> | undefined): string {
  const id = given?.['id'];
  if (typeof id === 'string' && id !== '') return id;
  const header = request.headers['idempotency-key'];
  return typeof header === 'string' && header !== '' ? header : randomUUID();
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
