import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { sleep } from '../../reach/clock.ts';
import type { Answer, App, Asked } from '../app/handler.ts';
import { readBody } from '../app/handler.ts';
import type { Counter } from '../app/metrics.ts';
import { type Attempt, attempt, type Forwarded } from './attempt.ts';
import type { FrontendSettings, RetryReason } from './frontend-settings.ts';
import { MOST_BODY } from './routes.ts';

/** What of the tries is counted. */
export interface Counted {
  /** Tries, by status, or by why there was none. */
  attempts: Counter;
  retries: Counter;
}

/** Passed on as they came. */
const PASSED = ['content-type', 'accept', 'idempotency-key'] as const;

/** Sends everything under `/api/` on to the backends, and tries again where the settings say so. */
export function forwardRoutes(settings: FrontendSettings, counted: Counted): App['routeOf'] {
  const answer = async ({ request, gone }: Asked): Promise<Answer> => {
    const body = await readBody(request, MOST_BODY);
    if (body === undefined) return { status: 413, body: { error: 'The body is too large' } };
    return answerOf(await tryAll(forwarded(request, body), { settings, counted }, gone));
  };
  return ({ path }) => (path.startsWith('/api/') ? { route: '/api/*', answer } : undefined);
}

function forwarded(request: IncomingMessage, body: Buffer): Forwarded {
  const { method = 'GET', url: path = '/' } = request;
  const given = PASSED.flatMap((name) => {
    const value = request.headers[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // The same key on each try: a vote whose answer was lost is stored once, although it is sent twice.
  const key = method === 'GET' || method === 'HEAD' ? {} : { 'idempotency-key': randomUUID() };
  return { method, path, headers: { ...key, ...Object.fromEntries(given) }, body };
}

async function tryAll(
  sent: Forwarded,
  { settings, counted }: { settings: FrontendSettings; counted: Counted },
  gone: AbortSignal,
): Promise<Attempt> {
  for (let retry = 0; ; retry += 1) {
    const made = await attempt(sent, settings, gone);
    counted.attempts.add({ status: made.outcome === 'answered' ? String(made.status) : made.outcome });
    const reason = reasonOf(made);
    if (retry >= settings.retries || reason === undefined || !settings.retryOn.has(reason)) return made;
    await sleep(Math.random() * settings.backoffMs * (2 ** (retry + 1) - 1), gone);
    if (gone.aborted) return { outcome: 'hung-up' };
    counted.retries.add({});
  }
}

/** Why this try could be made again; undefined where it succeeded, or nobody waits for it. */
function reasonOf(made: Attempt): RetryReason | undefined {
  if (made.outcome === 'answered') return made.status >= 500 ? '5xx' : undefined;
  return made.outcome === 'hung-up' ? undefined : made.outcome;
}

function answerOf(made: Attempt): Answer {
  switch (made.outcome) {
    case 'answered':
      return { status: made.status, body: made.body, type: made.type };
    case 'timeout':
      return { status: 504, body: { error: 'No backend answered in time' } };
    case 'hung-up':
      // Nobody reads it; the status is nginx's for the count of those who did not wait.
      return { status: 499, body: { error: 'Hung up' } };
    default:
      return { status: 502, body: { error: 'No backend could be reached' } };
  }
}
