import type { IncomingMessage } from 'node:http';
import type { ApiFailure, ApiRequest, TextRequest } from '../../model/contracts/world.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { answerFailure } from './failure.ts';
import { parseObject } from './fields.ts';
import { type Credentials, send, type WireRequest } from './transport.ts';

const DEFAULT_DEADLINE_MS = 10_000;

interface Wait {
  signal: AbortSignal;
  onDate: (date: string | undefined) => void;
}

/** One call to the API with its deadline, from the request to the parsed answer. */
export async function call(
  credentials: Credentials,
  request: ApiRequest,
  wait: Wait,
): Promise<Result<JsonObject, ApiFailure>> {
  const answer = await exchange(credentials, request, wait);
  return answer.ok ? read(answer.value.response, answer.value.body, request.method) : answer;
}

/** A read of plain text with its deadline. */
export async function callText(
  credentials: Credentials,
  request: TextRequest,
  wait: Wait,
): Promise<Result<string, ApiFailure>> {
  const { accept = '*/*', ...rest } = request;
  const answer = await exchange(credentials, { method: 'GET', accept, ...rest }, wait);
  if (!answer.ok) return answer;
  const { response, body } = answer.value;
  return isSuccess(response) ? ok(body) : fail(answerFailure(response.statusCode ?? 0, body, 'GET'));
}

async function exchange(
  credentials: Credentials,
  request: WireRequest,
  wait: Wait,
): Promise<Result<{ response: IncomingMessage; body: string }, ApiFailure>> {
  const deadline = AbortSignal.timeout(request.deadline_ms ?? DEFAULT_DEADLINE_MS);
  const sent = await send(credentials, request, AbortSignal.any([wait.signal, deadline]));
  if (!sent.ok) return sent;
  const { response, broken } = sent.value;
  wait.onDate(response.headers.date);
  try {
    return ok({ response, body: await bodyOf(response) });
  } catch (error) {
    return fail(broken(error));
  }
}

function isSuccess({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function read(
  response: IncomingMessage,
  body: string,
  method: ApiRequest['method'],
): Result<JsonObject, ApiFailure> {
  const status = response.statusCode ?? 0;
  if (!isSuccess(response)) return fail(answerFailure(status, body, method));
  const object = body.trim() === '' ? {} : parseObject(body);
  if (object !== undefined) return ok(object);
  const text = `the answer is not a JSON object: ${body.slice(0, 200)}`;
  return fail({ status, reason: 'unreadable', text, uncertain: method !== 'GET' });
}

/** The whole body; rejects where the stream breaks before its end. */
export async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
