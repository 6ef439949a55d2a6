import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import type { ApiFailure, WatchEnd, WatchEvent } from '../../model/contracts/world.ts';
import type { Result } from '../../model/result.ts';
import { bodyOf } from './call.ts';
import { answerFailure, statusFailure } from './failure.ts';
import { objectAt, parseObject, textAt } from './fields.ts';
import { type Answer, type Credentials, send } from './transport.ts';

/** How long the API may take to answer that it watches; later silence is the watcher's to judge. */
const OPEN_DEADLINE_MS = 10_000;

const GONE = 410;

export interface WatchRequest {
  path: string;
  query: Record<string, string>;
  onOpen?: () => void;
}

/** Reads a watch stream line by line until it ends, and says why; never rejects. */
export async function watch(
  credentials: Credentials,
  request: WatchRequest,
  wait: { signal: AbortSignal; onEvent: (event: WatchEvent) => void },
): Promise<WatchEnd> {
  const opened = await openStream(credentials, request, wait.signal);
  if (!opened.ok) {
    return opened.problem.reason === 'aborted' && wait.signal.aborted
      ? { why: 'aborted' }
      : ended(opened.problem);
  }
  const { response } = opened.value;
  const status = response.statusCode ?? 0;
  if (status !== 200) return refused(response, status);
  request.onOpen?.();
  const end = await readLines(response, wait.onEvent);
  return wait.signal.aborted ? { why: 'aborted' } : end;
}

async function openStream(
  credentials: Credentials,
  request: WatchRequest,
  signal: AbortSignal,
): Promise<Result<Answer, ApiFailure>> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException('too late', 'TimeoutError')), OPEN_DEADLINE_MS);
  const query = { ...request.query, watch: 'true' };
  try {
    const either = AbortSignal.any([signal, late.signal]);
    return await send(credentials, { method: 'GET', path: request.path, query }, either);
  } finally {
    clearTimeout(timer);
  }
}

async function refused(response: IncomingMessage, status: number): Promise<WatchEnd> {
  // A body that breaks off leaves the status, which is all we need.
  const body = await bodyOf(response).catch(() => '');
  return ended(answerFailure(status, body, 'GET'));
}

const ended = (failure: ApiFailure): WatchEnd =>
  failure.status === GONE ? { why: 'gone' } : { why: 'failed', failure };

/** Ends `ended` where the stream just stops, with or without a reset: the API sends no farewell. */
async function readLines(response: IncomingMessage, onEvent: (event: WatchEvent) => void): Promise<WatchEnd> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const chunk of response) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const end = readLine(line, onEvent);
        // Leaving the loop destroys the stream.
        if (end !== undefined) return end;
      }
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
  return { why: 'ended' };
}

function readLine(line: string, onEvent: (event: WatchEvent) => void): WatchEnd | undefined {
  if (line.trim() === '') return undefined;
  const event = parseObject(line);
  const type = textAt(event, 'type');
  const object = objectAt(event, 'object');
  if (type === 'ERROR') return ended(statusFailure(object));
  if (object === undefined || !isEventType(type)) {
    const text = `not an event of a watch: ${line.slice(0, 200)}`;
    return { why: 'failed', failure: { status: 200, reason: 'unreadable', text, uncertain: false } };
  }
  onEvent({ type, object });
  return undefined;
}

const eventTypes = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'] as const;

const isEventType = (type: string | undefined): type is (typeof eventTypes)[number] =>
  eventTypes.some((known) => known === type);
