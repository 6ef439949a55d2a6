import { z } from 'zod';
import { failureKinds } from '../load/kinds.ts';
import { startLoad } from '../load/load.ts';
import { DEFAULT_CONNECTIONS, type LoadOptions, type TcpExchange } from '../load/options.ts';
import { defineSignal, type RunningSignal, type SignalContext } from '../model/contracts/signal.ts';
import type { Result } from '../model/result.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { generatorHealth, generatorSeries } from './generator.ts';

const line = z.string().min(1).max(1_000);

const config = z.strictObject({
  to: z
    .string()
    .regex(/^([A-Za-z0-9_][A-Za-z0-9._-]{0,252}|\[[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?\]):\d{1,5}$/, {
      error: 'write address:port, such as 127.0.0.1:5432 or [::1]:5432',
    })
    .refine((to) => portOf(to) >= 1 && portOf(to) <= 65_535, 'a port is 1 to 65535')
    .describe('Where connections go: address:port'),
  send: line.describe('A line that is sent on each connection; we end it').exactOptional(),
  expect: line.describe('Text that the first line that comes must hold').exactOptional(),
  connections: z
    .int()
    .min(1)
    .max(10_000)
    .describe(`Connections that are tried at once; ${DEFAULT_CONNECTIONS} unless told`)
    .exactOptional(),
});

type Config = z.infer<typeof config>;

const portOf = (to: string): number => Number(to.slice(to.lastIndexOf(':') + 1));

/** What of a load's ways to fail a bare connection can meet. */
const tcpKinds = failureKinds.filter((kind) => kind !== 'tls' && kind !== 'status');

/** New TCP connections at a fixed rate, whatever becomes of those before (open loop). */
export const tcp = defineSignal<Config>({
  kind: 'tcp',
  summary: 'Opens TCP connections at a fixed rate, from here, and records how each one ended.',
  config,
  rated: { defaultRate_per_s: 1, defaultTimeout_ms: 2_000 },
  needs: [],
  example: `redis:
  tcp: { to: '127.0.0.1:6379', send: PING, expect: +PONG }   # redis.availability, redis.by_error["refused"]
  rate: 5/s
  timeout: 1s`,
  describe,
  start,
});

function describe(name: string): SignalDescriptor {
  return {
    name,
    kind: 'tcp',
    version: 1,
    probe: true,
    main: 'requests',
    series: [
      {
        name: 'requests',
        family: 'operations',
        summary:
          'One connection each, from when it should have begun until it stands (or the expected line has come). protocol: another line came.',
        kinds: tcpKinds,
      },
      ...generatorSeries,
    ],
    derived: [],
  };
}

async function start(context: SignalContext, wanted: Config): Promise<Result<RunningSignal>> {
  const { sink, signal } = context;
  const load = await startLoad(
    optionsOf(context, wanted),
    {
      operations: (rows) => sink.operations('requests', rows),
      health: generatorHealth(sink),
      died: (why) => sink.blind(`the load generator died: ${why}`),
    },
    signal,
  );
  if (load.ok) sink.observing();
  return load;
}

function optionsOf({ clock, options, random }: SignalContext, wanted: Config): LoadOptions {
  const { to, connections = DEFAULT_CONNECTIONS } = wanted;
  return {
    url: `tcp://${to}`,
    tcp: exchangeOf(wanted),
    method: '',
    headers: [],
    // It has no status: each connection that stood is ok.
    expected: [[0, 0]],
    connections,
    rate_per_s: options.rate_per_s ?? 1,
    timeout_ms: options.timeout_ms,
    seed: random.next().toString(36),
    clockStart: process.hrtime.bigint() - BigInt(Math.round(clock.now())),
  };
}

function exchangeOf({ to, send, expect }: Config): TcpExchange {
  return {
    host: to.slice(0, to.lastIndexOf(':')).replace(/^\[|\]$/g, ''),
    port: portOf(to),
    ...(send === undefined ? {} : { send: `${send}\r\n` }),
    ...(expect === undefined ? {} : { expect }),
  };
}
