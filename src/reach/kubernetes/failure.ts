import type { ApiFailure, ApiRequest, KubernetesApi } from '../../model/contracts/world.ts';
import type { Json } from '../../model/json.ts';
import type { ProblemCode } from '../../model/problems.ts';
import type { Problem } from '../../model/result.ts';
import { isObject, numberAt, parseObject, textAt } from './fields.ts';
import { kubectl } from './kubectl.ts';

/** Our words for no answer, by the error codes of node:net, node:tls and node:dns. */
const silences: Record<string, string> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  HPE_INVALID_CONSTANT: 'unreadable',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EPROTO: 'tls',
};

const tlsCodes = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|SIGNATURE/;

/** A failure of the connection itself. `sent`: the request may have reached the server. */
export function connectionFailure(error: unknown, method: ApiRequest['method'], sent: boolean): ApiFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = silences[code] ?? (tlsCodes.test(code) ? 'tls' : 'failed');
  return { status: 0, reason, text: errorText(error), uncertain: sent && method !== 'GET' };
}

/** What an error says; an AggregateError (several addresses tried) has an empty message of its own. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(errorText).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/**
 * A refusal by the API. From 500 on a write may have been made all the same: `etcdserver: request timed out` and
 * `Timeout: … may still be processing the request` are such answers.
 */
export function answerFailure(status: number, body: string, method: ApiRequest['method']): ApiFailure {
  const answer = parseObject(body);
  return {
    status,
    reason: textAt(answer, 'reason') ?? reasonFor(status),
    text: textAt(answer, 'message') ?? (body.trim().slice(0, 500) || `HTTP ${status}`),
    uncertain: method !== 'GET' && status >= 500,
  };
}

const reasons: Record<number, string> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound' };

const reasonFor = (status: number): string => reasons[status] ?? 'Unknown';

/** The failure in the Status object of a watch's ERROR event. */
export function statusFailure(object: Json | undefined): ApiFailure {
  const code = isObject(object) ? (numberAt(object, 'code') ?? 0) : 0;
  return answerFailure(code, JSON.stringify(object ?? ''), 'GET');
}

/** A failure in the words of a user: what we were doing, what came back, what to do next. */
export function failureProblem(
  api: KubernetesApi,
  failure: ApiFailure,
  was: { doing: string; code: ProblemCode },
): Problem {
  const { server, context } = api.about;
  const cause =
    failure.status === 0 ? failure.text : `HTTP ${failure.status} ${failure.reason}: ${failure.text}`;
  const problem = (code: ProblemCode, message: string, fix: string): Problem => ({
    code,
    message,
    fix,
    cause,
  });
  if (failure.status === 401 || failure.status === 403) {
    return problem(
      failure.status === 401 ? 'system-unreachable' : 'rights-missing',
      `The cluster ${context} did not allow us to ${was.doing}.`,
      failure.status === 401
        ? `Renew the credentials of context ${context} and try \`${kubectl(api)} get pods\`.`
        : 'Give the user of this context the right that the text below names.',
    );
  }
  if (failure.status === 0) {
    return problem(
      was.code,
      `The cluster ${context} (${server}) did not answer when we wanted to ${was.doing}: ${failure.reason}.`,
      `Check that ${server} can be reached from here: \`${kubectl(api)} get --raw /readyz\`.`,
    );
  }
  return problem(
    was.code,
    `The cluster ${context} refused to ${was.doing}.`,
    'See the text of the API below.',
  );
}
