import { z } from 'zod';
import type { Json } from '../model/json.ts';
import { hasEmptyPick } from './engine/pick.ts';
import { DEFAULT_CONNECTIONS, DEFAULT_EXPECTED, type LoadOptions, type StatusRange } from './options.ts';

const status = z.union([
  z.int().min(200).max(599),
  z.string().regex(/^[2-5]\d\d-[2-5]\d\d$/, 'write a range of statuses such as 200-399'),
]);

/** Headers that belong to the connection, not to the request. */
const ownHeaders = ['connection', 'content-length', 'expect', 'keep-alive', 'transfer-encoding', 'upgrade'];

/** A header's name that a user may set. */
export const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'not a name of a header')
  .refine((name) => !ownHeaders.includes(name.toLowerCase()), 'this header is set by the connection');

export const httpUrl = z.url({ protocol: /^https?$/ });

/** What a request is made of, as files say it; for whatever sends requests. */
export const requestFields = {
  method: z
    .enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    .describe('GET, or POST where there is a body.')
    .exactOptional(),
  headers: z
    .record(headerName, z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'not the value of a header'))
    .describe('Sent with each request.')
    .exactOptional(),
  json: z
    .json()
    .describe('A JSON body; { pick: [a, b] } in it is replaced by a or b, at random by the seed.')
    .exactOptional(),
  body: z.string().describe('A body, sent as it is.').exactOptional(),
  expect: z
    .union([status, z.array(status).min(1)])
    .describe('Statuses that count as ok: 200, 200-399, or a list of both; 200-299 unless told.')
    .exactOptional(),
  connections: z
    .int()
    .min(1)
    .max(10_000)
    .describe(`Requests in flight at once, each on its own connection; ${DEFAULT_CONNECTIONS} unless told.`)
    .exactOptional(),
};

/** A request as it is parsed by `requestFields`. */
export interface RequestConfig {
  method?: string;
  headers?: Record<string, string>;
  json?: Json;
  body?: string;
  expect?: number | string | (number | string)[];
  connections?: number;
}

/** What the fields cannot say one by one: a predicate and the words for where it does not hold. */
export const requestRules = {
  bothBodies: [
    ({ json, body }: RequestConfig): boolean => json === undefined || body === undefined,
    'write json or body, not both',
  ],
  emptyPick: [
    ({ json }: RequestConfig): boolean => !hasEmptyPick(json),
    'pick needs a list with at least one item',
  ],
} as const;

export const methodOf = ({ method, json, body }: RequestConfig): string =>
  method ?? (json !== undefined || body !== undefined ? 'POST' : 'GET');

/** The part of a load's options that its request decides. */
export function requestOptions(
  url: string,
  request: RequestConfig,
): Pick<LoadOptions, 'url' | 'method' | 'headers' | 'json' | 'body' | 'expected' | 'connections'> {
  return {
    url,
    method: methodOf(request),
    headers: headersOf(url, request),
    ...(request.json === undefined ? {} : { json: request.json }),
    ...(request.body === undefined ? {} : { body: request.body }),
    expected: expectedOf(request.expect),
    connections: request.connections ?? DEFAULT_CONNECTIONS,
  };
}

/** The headers as written, and ours where they are not; credentials of the URL become a header. */
export function headersOf(url: string, { headers = {}, json }: RequestConfig): [string, string][] {
  const written = Object.entries(headers);
  const names = new Set(written.map(([name]) => name.toLowerCase()));
  const { username, password } = new URL(url);
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const ours: [string, string][] = [
    ['user-agent', 'aftershock'],
    ['accept', '*/*'],
    ...(json === undefined ? [] : [['content-type', 'application/json'] as [string, string]]),
    ...(username === ''
      ? []
      : [['authorization', `Basic ${Buffer.from(credentials).toString('base64')}`] as [string, string]]),
  ];
  return [...written, ...ours.filter(([name]) => !names.has(name))];
}

function expectedOf(expect: RequestConfig['expect']): readonly StatusRange[] {
  if (expect === undefined) return DEFAULT_EXPECTED;
  const list = Array.isArray(expect) ? expect : [expect];
  return list.map((one): StatusRange => {
    if (typeof one === 'number') return [one, one];
    const [from = '', to = ''] = one.split('-');
    return [Number(from), Number(to)];
  });
}
