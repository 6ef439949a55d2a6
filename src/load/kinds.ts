import { MISSED, OK } from '../model/series.ts';

/**
 * Every way an operation of a load can fail:
 * - `timeout`: no complete answer in time (ours, or the operating system gave up on the connection);
 * - `refused`: nobody listens;
 * - `unreachable`: there is no way to the host (a router or the own machine says so), as behind a partition;
 * - `reset`: the connection was torn down (RST), as by a killed process;
 * - `closed`: the connection was closed (FIN) before the answer was complete, a keep-alive connection that the
 *   server closed under our request included;
 * - `dns`, `tls`: no address, no TLS session;
 * - `status`: a complete answer with an unexpected status;
 * - `protocol`: what came is not HTTP, or over bare TCP not the line that was expected.
 */
export const failureKinds = [
  'timeout',
  'refused',
  'unreachable',
  'reset',
  'closed',
  'dns',
  'tls',
  'status',
  'protocol',
  'other',
] as const;

type FailureKind = (typeof failureKinds)[number];

export type EndKind = typeof OK | typeof MISSED | FailureKind;

/** All ends, in the order of their codes in a batch. */
export const endKinds: readonly EndKind[] = [OK, MISSED, ...failureKinds];

/** A failure, with the exact text of the error. */
export interface Failure {
  kind: FailureKind;
  detail: string;
}

const byCode: Record<string, FailureKind> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'closed',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  EPROTO: 'tls',
};

const patterns: readonly [RegExp, FailureKind][] = [
  [/^(ENOTFOUND|EAI_\w+)$/, 'dns'],
  [/^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/, 'tls'],
  [/^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/, 'tls'],
];

/** Names what a client error means; what it does not know is `other`. */
export function classify(error: unknown): Failure {
  const code = codeOf(error);
  const detail = textOf(error, code);
  if (code === 'UND_ERR_SOCKET') return { kind: /closed/.test(detail) ? 'closed' : 'protocol', detail };
  if (error instanceof Error && error.name === 'HTTPParserError') {
    return { kind: /EOF/.test(detail) ? 'closed' : 'protocol', detail };
  }
  if (/before secure TLS connection/.test(detail)) return { kind: 'tls', detail };
  const known = byCode[code] ?? patterns.find(([pattern]) => pattern.test(code))?.[1];
  return { kind: known ?? 'other', detail };
}

/** An error's own code, or that of the first error it wraps. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return inner.map(codeOf).find((code) => code !== '') ?? '';
}

/** The text of an error; of a failed attempt on several addresses, all their texts. */
function textOf(error: unknown, code: string): string {
  if (!(error instanceof Error)) return String(error);
  const several = error instanceof AggregateError && error.message === '';
  const text = several ? [...new Set(error.errors.map((one) => textOf(one, '')))].join('; ') : error.message;
  if (code === '' || text.includes(code)) return text || error.name;
  return text === '' ? code : `${text} (${code})`;
}
