import { z } from 'zod';
import { defineSignal, type RunningSignal, type SignalContext } from '../model/contracts/signal.ts';
import type { Host, HostFailure, HostRan } from '../model/contracts/world.ts';
import { durationField } from '../model/fields.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { SeriesDescriptor, SignalDescriptor } from '../model/series.ts';
import type { Nanos } from '../model/time.ts';
import { fromField, hostOrHere } from './hosts/where.ts';
import { startPolling } from './poll.ts';

const EVERY_S = 5;
/** A host whose command was late answers something else within this, in milliseconds. */
const ANSWERS_WITHIN_MS = 5_000;
/** Of what a command prints, so much is kept, in characters. */
const MOST_KEPT = 500;

const config = z
  .strictObject({
    run: z.string().trim().min(1).describe('POSIX sh that looks, and changes nothing'),
    host: fromField,
    as: z
      .enum(['number', 'text', 'exit'])
      .describe('What counts: the number it prints, the text it prints, or how it ends'),
    every: durationField({ min: 0.5, max: 3_600 }).describe('How often; 5s unless told').exactOptional(),
    timeout: durationField({ min: 0.1, max: 3_600 })
      .describe('It is ended when it takes longer; as long as `every` unless told')
      .exactOptional(),
  })
  .refine(
    ({ every = EVERY_S, timeout = every }) => timeout <= every,
    'timeout cannot be longer than every: each run ends before the next',
  );

type Config = z.infer<typeof config>;

/** A user's own look at something. */
export const command = defineSignal<Config>({
  kind: 'command',
  summary:
    'What a command of your own says: a number, a text, or whether it succeeds; from here or on a host.',
  config,
  needs: ['what the command needs'],
  example: `replicas:
  command: { host: here, run: 'cat /run/app/replicas', as: number, every: 5s, timeout: 2s }   # replicas.min
healthy:
  command: { run: 'nc -z -w 1 127.0.0.1 5432', as: exit }   # healthy.last == "ok", healthy.events.failed.count`,
  describe,
  check: async (world, wanted) => {
    const found = hostOrHere(world, wanted.host);
    return found.ok ? ok(undefined) : found;
  },
  start,
});

const seriesOf: Record<Config['as'], readonly SeriesDescriptor[]> = {
  number: [{ name: 'value', family: 'gauge', unit: '1', summary: 'The number that it printed.' }],
  text: [{ name: 'value', family: 'state', values: 'text', summary: 'What it printed, without the ends.' }],
  exit: [
    {
      name: 'value',
      family: 'state',
      values: 'text',
      summary: '`ok` where it ended with exit code 0 in time, else `failed`.',
    },
    {
      name: 'events',
      family: 'events',
      types: ['failed', 'ok'],
      summary: 'It began to fail, or to succeed again: with its exit code and what it said.',
    },
  ],
};

function describe(name: string, { as, every = EVERY_S }: Config): SignalDescriptor {
  return {
    name,
    kind: 'command',
    version: 1,
    main: 'value',
    series: seriesOf[as],
    derived: [],
    interval_s: 2 * every,
  };
}

async function start(context: SignalContext, wanted: Config): Promise<Result<RunningSignal>> {
  const found = hostOrHere(context.world, wanted.host);
  if (!found.ok) return found;
  const { every = EVERY_S, timeout = every } = wanted;
  const probe = new Probe(context, { host: found.value, wanted, timeout_ms: timeout * 1_000 });
  const polling = await startPolling(context, {
    every_s: every,
    needed: 1,
    patience_s: 3 * every,
    poll: (_, signal) => probe.poll(signal),
    lost: (since) => probe.lost(since),
  });
  if (polling.ok) return polling;
  return fail({
    code: 'signal-failed',
    message: `the command of ${context.name} gives nothing to record: ${polling.problem}`,
    fix: `Run it by hand${wanted.host === undefined ? '' : ` on ${wanted.host}`}: sh -c '…'`,
  });
}

interface Running {
  host: Host;
  wanted: Config;
  timeout_ms: number;
}

class Probe {
  readonly #context: SignalContext;
  readonly #running: Running;
  #before: { t: Nanos; value: string } | undefined;

  constructor(context: SignalContext, running: Running) {
    this.#context = context;
    this.#running = running;
  }

  async poll(signal: AbortSignal): Promise<Result<void, string>> {
    const { host, wanted, timeout_ms } = this.#running;
    const began = this.#context.clock.now();
    const ran = await host.run({ script: wanted.run, deadline_ms: timeout_ms }, signal);
    if (signal.aborted) return fail('it was stopped');
    if (wanted.as === 'exit') {
      if (!ran.ok && !(await this.#wasLate(ran.problem, signal))) return fail(ran.problem.text);
      this.#ended(ran.ok ? ran.value : undefined);
      return ok(undefined);
    }
    if (!ran.ok) return fail(ran.problem.text);
    return this.#printed(ran.value, began);
  }

  /** A command that takes too long, on a host that answers: of one that does not, nothing is known. */
  async #wasLate({ kind }: HostFailure, signal: AbortSignal): Promise<boolean> {
    if (kind !== 'timeout') return false;
    const { host } = this.#running;
    if (host.kind !== 'ssh') return true;
    return (await host.run({ script: ':', deadline_ms: ANSWERS_WITHIN_MS }, signal)).ok;
  }

  lost(t: Nanos): void {
    this.#before = undefined;
    this.#context.sink.point('value', { t, value: null });
  }

  #printed({ code, stdout, stderr }: HostRan, began: Nanos): Result<void, string> {
    const text = shortened(stdout);
    if (code !== 0) return fail(`it ended with exit code ${code}: ${shortened(stderr) || text}`);
    if (this.#running.wanted.as === 'text') {
      this.#state(text);
      return ok(undefined);
    }
    const value = numberOf(text);
    if (value === undefined) return fail(`it printed no number but \`${text}\``);
    this.#context.sink.point('value', { t: began, value });
    return ok(undefined);
  }

  /** Undefined: it had not ended in time. */
  #ended(ran: HostRan | undefined): void {
    const type = ran?.code === 0 ? 'ok' : 'failed';
    const { before, now } = this.#state(type);
    if (before === undefined ? type === 'ok' : before.value === type) return;
    const said = ran === undefined ? '' : shortened(ran.stderr) || shortened(ran.stdout);
    const detail =
      ran === undefined
        ? { text: `it had not ended after ${this.#running.timeout_ms / 1_000} s` }
        : { exit: ran.code, text: said };
    const since = before === undefined ? {} : { since: before.t };
    this.#context.sink.event('events', { t: now, type, subject: 'command', detail, ...since });
  }

  #state(value: string): { before: { t: Nanos; value: string } | undefined; now: Nanos } {
    const before = this.#before;
    const now = this.#context.clock.now();
    this.#before = { t: now, value };
    const since = before === undefined || before.value === value ? {} : { since: before.t };
    this.#context.sink.point('value', { t: now, value, ...since });
    return { before, now };
  }
}

/** A finite decimal number, alone. */
export function numberOf(text: string): number | undefined {
  return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) && Number.isFinite(Number(text))
    ? Number(text)
    : undefined;
}

const shortened = (text: string): string => {
  const trimmed = text.trim();
  return trimmed.length > MOST_KEPT ? `${trimmed.slice(0, MOST_KEPT)}…` : trimmed;
};
