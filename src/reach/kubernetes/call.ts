import type { IncomingMessage } from 'node:http';
import type { ApiFailure, ApiRequest } from '../../model/contracts/world.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { answerFailure } from './failure.ts';
import { parseObject } from './fields.ts';
import { type Credentials, send } from './transport.ts';

const DEFAULT_DEADLINE_MS = 10_000;

/** One call to the API with its deadline, from the request to the parsed answer. */
export async function call(
  credentials: Credentials,
  request: ApiRequest,
  wait: { signal: AbortSignal; onDate: (date: string | undefined) => void },
): Promise<Result<JsonObject, ApiFailure>> {
  const deadline = AbortSignal.timeout(request.deadline_ms ?? DEFAULT_DEADLINE_MS);
  const sent = await send(credentials, request, AbortSignal.any([wait.signal, deadline]));
  if (!sent.ok) return sent;
  const { response, broken } = sent.value;
  wait.onDate(response.headers.date);
  try {
    return read(response, await bodyOf(response), request.method);
  } catch (error) {
    return fail(broken(error));
  }
}

function read(
  response: IncomingMessage,
  body: string,
  method: ApiRequest['method'],
): Result<JsonObject, ApiFailure> {
  const status = response.statusCode ?? 0;
  if (status < 200 || status >= 300) return fail(answerFailure(status, body, method));
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
