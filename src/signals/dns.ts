import { z } from 'zod';
import { defineSignal, type RunningSignal, type SignalContext } from '../model/contracts/signal.ts';
import type { Host } from '../model/contracts/world.ts';
import { durationField } from '../model/fields.ts';
import { ok, type Result } from '../model/result.ts';
import type { Operation, SignalDescriptor } from '../model/series.ts';
import { NANOS_PER_MILLISECOND, NANOS_PER_SECOND, type Nanos } from '../model/time.ts';
import { askDns, type DnsFailure, recordTypes } from '../reach/dns.ts';
import { runScript } from '../reach/hosts/script.ts';
import { dnsKinds, kindOfCode, leavesOpen, type Told, toldAfter, toldBy, toldTwice } from './dns/kinds.ts';
import { dnsScript as script } from './dns/script.ts';
import { silenceOf, startStaying } from './hosts/stay.ts';
import { fromField, runStaying } from './hosts/where.ts';

const EVERY_S = 1;
const TIMEOUT_S = 2;
const PORT = '53';

const config = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_*][A-Za-z0-9._*-]{0,252}$/, 'write a name such as db.example.com')
      .describe('The name that is asked for'),
    server: z
      .string()
      .regex(/^(\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?|[0-9A-Fa-f:]*:[0-9A-Fa-f:]*|\[[0-9A-Fa-f:]+\]:\d{1,5})$/, {
        error: 'write the address of a server: 10.0.0.53, 10.0.0.53:5353 or [fd00::53]:5353',
      })
      .describe(
        "The address of the server that is asked; the system's own way (hosts file, cache) unless told",
      )
      .exactOptional(),
    type: z
      .enum(recordTypes)
      .describe('The type of record, where a server is named; A unless told')
      .exactOptional(),
    host: fromField,
    every: durationField({ min: 0.1, max: 60 })
      .describe('Time between two questions; 1s unless told')
      .exactOptional(),
    timeout: durationField({ min: 0.1, max: 60 })
      .describe('A later answer counts as none; 2s unless told; on a host in whole seconds')
      .exactOptional(),
  })
  .refine(({ type, server }) => type === undefined || server !== undefined, 'type needs a server');

type Config = z.infer<typeof config>;

/** Questions to a name server, or to the system's resolver. */
export const dns = defineSignal<Config>({
  kind: 'dns',
  summary:
    'Asks for a name again and again: how long it takes, and the exact error; from here or from a host. Without `server:` the system does not tell all errors apart: then its servers are asked right after (on a host by dig), and what stays open is `unresolved`.',
  config,
  needs: ['on a host: dig where a server is named, else getent, with dig for exact errors'],
  example:
    'names:\n  dns: { name: localhost, every: 1s, timeout: 2s }   # or server: 10.0.0.53; names.availability, names.by_error["servfail"]',
  describe,
  check: async (world, wanted, signal) => {
    if (wanted.host === undefined) return ok(undefined);
    const found = world.host(wanted.host);
    if (!found.ok) return found;
    const what = { script, args: argsOf(wanted, 'check'), doing: 'ask for names', exits } as const;
    const ran = await runScript(found.value, { ...what, code: 'rights-missing' }, signal);
    return ran.ok ? ok(undefined) : ran;
  },
  start: async (context, wanted) => {
    if (wanted.host === undefined) return askFromHere(context, wanted);
    const found = context.world.host(wanted.host);
    return found.ok ? askFromHost(context, wanted, found.value) : found;
  },
});

const exits = {
  127: (stderr: string) =>
    ({
      code: 'rights-missing',
      message: `We cannot ask for names from there: ${stderr}`,
      fix: 'Install it (Debian: bind9-dnsutils for dig, libc-bin for getent).',
    }) as const,
};

function describe(name: string): SignalDescriptor {
  return {
    name,
    kind: 'dns',
    version: 1,
    probe: true,
    main: 'requests',
    series: [
      {
        name: 'requests',
        family: 'operations',
        kinds: dnsKinds,
        summary:
          'One question each. refused: by the server; unreachable: there is none, or no way to it; unresolved: no address, and nobody told why.',
      },
    ],
    derived: [],
  };
}

/** At a fixed beat, whatever became of the questions before. */
async function askFromHere(context: SignalContext, wanted: Config): Promise<Result<RunningSignal>> {
  const { clock, sink } = context;
  const { every = EVERY_S, timeout = TIMEOUT_S } = wanted;
  const stopping = new AbortController();
  const signal = AbortSignal.any([context.signal, stopping.signal]);
  const inFlight = new Set<Promise<void>>();
  const ask = async (intended: Nanos): Promise<void> => {
    const sent = clock.now();
    const answer = await askDns(wanted, timeout * 1_000);
    const done = clock.now();
    const end = answer.ok ? { kind: 'ok' } : await failed(answer.problem, wanted, signal);
    if (!context.signal.aborted) sink.operations('requests', [{ intended, sent, done, ...end }]);
  };
  const loop = async (): Promise<void> => {
    const beat = every * NANOS_PER_SECOND;
    for (let due = clock.now(); !signal.aborted; due = Math.max(due + beat, clock.now() - beat)) {
      await clock.sleep(Math.max(0, due - clock.now()) / NANOS_PER_MILLISECOND, signal);
      if (signal.aborted) return;
      const asked = ask(due).finally(() => inFlight.delete(asked));
      inFlight.add(asked);
    }
  };
  sink.observing();
  const ended = loop();
  return ok({
    stop: async () => {
      stopping.abort();
      await ended;
      await Promise.all(inFlight);
    },
  });
}

/** Why there was no answer. Where the system's own way cannot tell, its servers are asked, within the same time. */
async function failed(
  problem: DnsFailure,
  { name, server, timeout = TIMEOUT_S }: Config,
  signal: AbortSignal,
): Promise<Told> {
  if (server !== undefined || !leavesOpen(problem.code))
    return { kind: kindOfCode(problem.code), detail: `${problem.code} ${problem.text}`.trim() };
  const ask = (type: 'A' | 'AAAA') => askDns({ name, type, servers: 'own' }, timeout * 1_000, signal);
  const first = await ask('A');
  const last = !first.ok && first.problem.code === 'ENODATA' ? await ask('AAAA') : first;
  return toldTwice(problem, last.ok ? undefined : last.problem);
}

function argsOf({ name, server = '', type, ...wanted }: Config, what: 'stay' | 'check'): string[] {
  const { every = EVERY_S, timeout = TIMEOUT_S } = wanted;
  const [, bracketed, inner] = /^\[(.+)\]:(\d+)$/.exec(server) ?? [];
  const [, plain, port] = /^([\d.]+):(\d+)$/.exec(server) ?? [];
  const address = bracketed ?? plain ?? server;
  return [String(every), String(Math.ceil(timeout)), name, type ?? '', address, inner ?? port ?? PORT, what];
}

/** One question after the other, by a script that stays. */
async function askFromHost(
  context: SignalContext,
  wanted: Config,
  host: Host,
): Promise<Result<RunningSignal>> {
  const { clock, sink } = context;
  const { every = EVERY_S, timeout = TIMEOUT_S } = wanted;
  return startStaying(context, {
    run: (heard, signal) => {
      let asked: Nanos = clock.now();
      let lines: string[] = [];
      let runs: Run[] = [];
      const onLine = (line: string): void => {
        if (signal.aborted) return;
        const now = clock.now();
        const [, code] = /^@end (\d+)$/.exec(line) ?? [];
        if (line === '@ask') [asked, lines, runs] = [now, [], []];
        else if (code !== undefined) {
          sink.observing();
          heard();
          runs.push({ told: toldBy(Number(code), lines), ended: now });
          lines = [];
        } else if (line !== '@done') lines.push(line);
        else sink.operations('requests', rowsOf(asked, runs));
      };
      return runStaying(host, { script, args: argsOf(wanted, 'stay'), onLine }, signal);
    },
    lost: (why, since) => sink.blind(`${host.name} does not ask for names any more: ${why}`, since),
    // Where a reason is looked for, up to three servers (resolv.conf) are asked one after the other.
    silence_ms: silenceOf(every) + (wanted.server === undefined ? 3 : 1) * Math.ceil(timeout) * 1_000,
  });
}

/** A program that asked, and when we heard that it had ended. */
interface Run {
  told: Told;
  ended: Nanos;
}

/**
 * The question of the first run, which the last may explain. The latency is what the program measured, or the time
 * between its beginning and its end as we hear of them.
 */
function rowsOf(asked: Nanos, [first, ...others]: readonly Run[]): Operation[] {
  if (first === undefined) return [];
  const { kind, detail, took_ms } = toldAfter(first.told, others.at(-1)?.told);
  const { ended } = first;
  const done = took_ms === undefined ? ended : Math.min(ended, asked + took_ms * NANOS_PER_MILLISECOND);
  return [{ intended: asked, sent: asked, done, kind, ...(detail === undefined ? {} : { detail }) }];
}
