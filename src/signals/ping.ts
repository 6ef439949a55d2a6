import { z } from 'zod';
import { defineSignal, type RunningSignal, type SignalContext } from '../model/contracts/signal.ts';
import { durationField } from '../model/fields.ts';
import { ok, type Result } from '../model/result.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { runScript } from '../reach/hosts/script.ts';
import { silenceOf, startStaying } from './hosts/stay.ts';
import { addressField, fromField, hostOrHere, runStaying } from './hosts/where.ts';
import { PingBook } from './ping/book.ts';
import { pingKinds, pingLine, pingScript as script } from './ping/lines.ts';

const EVERY_S = 1;
const TIMEOUT_S = 1;

const config = z.strictObject({
  to: addressField.describe('The address or name that is pinged'),
  host: fromField,
  every: durationField({ min: 0.2, max: 60 })
    .describe('Time between two requests; 1s unless told')
    .exactOptional(),
  timeout: durationField({ min: 0.01, max: 60 })
    .describe('A later answer counts as none; 1s unless told')
    .exactOptional(),
});

type Config = z.infer<typeof config>;

/** Echo requests by the system's own ping. */
export const ping = defineSignal<Config>({
  kind: 'ping',
  summary: "ICMP echo to an address, by the system's own `ping`, from here or from a host.",
  config,
  needs: ['ping of iputils, where it is sent from'],
  example:
    'way:\n  ping: { host: here, to: 127.0.0.1, every: 1s, timeout: 1s }   # way.availability, way.p95_ms, way.by_error["timeout"]',
  describe,
  check: async (world, wanted, signal) => {
    const from = hostOrHere(world, wanted.host);
    if (!from.ok) return from;
    const ran = await runScript(
      from.value,
      { script, args: argsOf(wanted, 'check'), doing: 'ping', code: 'rights-missing', exits },
      signal,
    );
    return ran.ok ? ok(undefined) : ran;
  },
  start,
});

const exits = {
  127: (stderr: string) =>
    ({
      code: 'rights-missing',
      message: `We cannot ping from there: ${stderr}`,
      fix: 'Install iputils-ping (Debian), iputils (others).',
    }) as const,
};

const argsOf = ({ every = EVERY_S, to }: Config, what: 'stay' | 'check'): string[] => [
  String(every),
  to,
  what,
];

function describe(name: string): SignalDescriptor {
  return {
    name,
    kind: 'ping',
    version: 1,
    probe: true,
    main: 'requests',
    series: [
      {
        name: 'requests',
        family: 'operations',
        kinds: pingKinds,
        summary:
          'One echo request each; its latency is the round trip that ping measured. refused: by a firewall.',
      },
    ],
    derived: [],
  };
}

async function start(context: SignalContext, wanted: Config): Promise<Result<RunningSignal>> {
  const { clock, sink, world } = context;
  const from = hostOrHere(world, wanted.host);
  if (!from.ok) return from;
  const { every = EVERY_S, timeout = TIMEOUT_S } = wanted;
  const book = new PingBook(sink, { every_s: every, timeout_ms: timeout * 1_000 });
  return startStaying(context, {
    run: (heard, signal) => {
      const onLine = (text: string): void => {
        const line = signal.aborted ? undefined : pingLine(text);
        if (line === undefined) return;
        if (line.is === 'broken') sink.blind(`ping does not work: ${line.detail}`);
        else if (line.is !== 'begin') sink.observing();
        book.take(line, clock.now());
        if (line.is !== 'begin') heard();
      };
      return runStaying(from.value, { script, args: argsOf(wanted, 'stay'), onLine }, signal);
    },
    lost: (why, since) => {
      book.forget();
      sink.blind(`${from.value.name} does not ping any more: ${why}`, since);
    },
    silence_ms: silenceOf(every),
    settle: async () => {
      const ends = clock.now() + timeout * 1e9;
      while (book.inFlight > 0 && clock.now() < ends) await clock.sleep(SETTLE_MS, context.signal);
      book.expire(clock.now());
    },
  });
}

/** How often we look whether all has ended. */
const SETTLE_MS = 20;
