import { z } from 'zod';
import { hasEmptyPick } from '../load/engine/pick.ts';
import { failureKinds } from '../load/kinds.ts';
import { startLoad } from '../load/load.ts';
import {
  DEFAULT_CONNECTIONS,
  DEFAULT_EXPECTED,
  type LoadOptions,
  type StatusRange,
} from '../load/options.ts';
import { defineSignal, type RunningSignal, type SignalContext } from '../model/contracts/signal.ts';
import { ok, type Result } from '../model/result.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { generatorHealth } from './generator.ts';

const status = z.union([
  z.int().min(200).max(599),
  z.string().regex(/^[2-5]\d\d-[2-5]\d\d$/, 'write a range of statuses such as 200-399'),
]);

/** Headers that belong to the connection, not to the request. */
const ownHeaders = ['connection', 'content-length', 'expect', 'keep-alive', 'transfer-encoding', 'upgrade'];

const header = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'not a name of a header')
  .refine((name) => !ownHeaders.includes(name.toLowerCase()), 'this header is set by the connection');

const config = z
  .strictObject({
    method: z
      .enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      .describe('GET, or POST where there is a body.')
      .optional(),
    url: z.url({ protocol: /^https?$/ }).describe('Where requests go, with path and query.'),
    headers: z
      .record(header, z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'not the value of a header'))
      .describe('Sent with each request.')
      .optional(),
    json: z
      .json()
      .describe('A JSON body; { pick: [a, b] } in it is replaced by a or b, at random by the seed.')
      .optional(),
    body: z.string().describe('A body, sent as it is.').optional(),
    expect: z
      .union([status, z.array(status).min(1)])
      .describe('Statuses that count as ok: 200, 200-399, or a list of both; 200-299 unless told.')
      .optional(),
    connections: z
      .int()
      .min(1)
      .max(10_000)
      .describe(`Requests in flight at once, each on its own connection; ${DEFAULT_CONNECTIONS} unless told.`)
      .optional(),
  })
  .refine((http) => http.json === undefined || http.body === undefined, 'write json or body, not both')
  .refine((http) => !hasEmptyPick(http.json), 'pick needs a list with at least one item');

export type HttpConfig = z.infer<typeof config>;

/**
 * Requests over HTTP at a fixed rate, whatever becomes of those before (open loop): with a `rate` it is the load.
 */
export const http = defineSignal<HttpConfig>({
  kind: 'http',
  summary: 'Sends HTTP requests at a fixed rate and records how each one ended.',
  config,
  rated: { defaultRate_per_s: 1, defaultTimeout_ms: 2_000 },
  needs: [],
  example: `votes:
  http: { method: POST, url: 'http://127.0.0.1:30080/api/polls/default/vote', json: { option: { pick: [TypeScript, Rust] } } }
  rate: 50/s
  timeout: 2s`,
  describe,
  start,
});

function describe(name: string): SignalDescriptor {
  return {
    name,
    kind: 'http',
    version: 1,
    main: 'requests',
    series: [
      {
        name: 'requests',
        family: 'operations',
        summary: 'One request each; its latency counts from when it should have started.',
        kinds: failureKinds,
      },
      {
        name: 'schedule_error_ms',
        family: 'gauge',
        unit: 'ms',
        summary: 'How late we ourselves were, worst of 100 ms: one value a second, and all over 5 ms.',
      },
      {
        name: 'generator_cpu_percent',
        family: 'gauge',
        unit: '%',
        summary: "CPU of the load's own thread, in percent of one core, once a second.",
      },
    ],
    derived: [],
  };
}

async function start(context: SignalContext, http: HttpConfig): Promise<Result<RunningSignal>> {
  const { sink, signal } = context;
  const health = generatorHealth(sink);
  const load = await startLoad(
    optionsOf(context, http),
    {
      operations: (rows) => sink.operations('requests', rows),
      health,
      died: (why) => sink.blind(`the load generator died: ${why}`),
    },
    signal,
  );
  if (!load.ok) return load;
  sink.observing();
  return ok({ stop: () => load.value.stop() });
}

function optionsOf(context: SignalContext, http: HttpConfig): LoadOptions {
  const { clock, options, random } = context;
  const hasBody = http.json !== undefined || http.body !== undefined;
  return {
    url: http.url,
    method: http.method ?? (hasBody ? 'POST' : 'GET'),
    headers: headersOf(http),
    ...(http.json === undefined ? {} : { json: http.json }),
    ...(http.body === undefined ? {} : { body: http.body }),
    expected: expectedOf(http.expect),
    rate_per_s: options.rate_per_s ?? 1,
    timeout_ms: options.timeout_ms,
    connections: http.connections ?? DEFAULT_CONNECTIONS,
    seed: random.next().toString(36),
    clockStart: process.hrtime.bigint() - BigInt(Math.round(clock.now())),
  };
}

/** The headers as written, and ours where they are not; credentials of the URL become a header. */
function headersOf(http: HttpConfig): [string, string][] {
  const written = Object.entries(http.headers ?? {});
  const names = new Set(written.map(([name]) => name.toLowerCase()));
  const { username, password } = new URL(http.url);
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const ours: [string, string][] = [
    ['user-agent', 'aftershock'],
    ['accept', '*/*'],
    ...(http.json === undefined ? [] : [['content-type', 'application/json'] as [string, string]]),
    ...(username === ''
      ? []
      : [['authorization', `Basic ${Buffer.from(credentials).toString('base64')}`] as [string, string]]),
  ];
  return [...written, ...ours.filter(([name]) => !names.has(name))];
}

function expectedOf(expect: HttpConfig['expect']): readonly StatusRange[] {
  if (expect === undefined) return DEFAULT_EXPECTED;
  const list = Array.isArray(expect) ? expect : [expect];
  return list.map((one): StatusRange => {
    if (typeof one === 'number') return [one, one];
    const [from = '', to = ''] = one.split('-');
    return [Number(from), Number(to)];
  });
}
