import { z } from 'zod';
import { defineSignal, type RunningSignal, type SignalContext } from '../model/contracts/signal.ts';
import type { Host, World } from '../model/contracts/world.ts';
import { durationField } from '../model/fields.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { readClockOffset } from '../reach/hosts/clock.ts';
import { runScript } from '../reach/hosts/script.ts';
import { HostBook } from './host/book.ts';
import { figureSeries } from './host/figures.ts';
import { type HostLook, hostLookReader, hostScript as script } from './host/look.ts';
import { silenceOf, startStaying } from './hosts/stay.ts';
import { hostField, runStaying } from './hosts/where.ts';

const EVERY_S = 1;
const CLOCK_EVERY_S = 10;
/** A clock that is asked over a slow network seems to jump by as much as the answer may be late. */
const CLOCK_NOISE_MS = 1_000;

const config = z.strictObject({
  host: hostField,
  every: durationField({ min: 1, max: 60 }).describe('How often we look; 1s unless told').exactOptional(),
  interface: z
    .string()
    .regex(/^[^\s/:]{1,15}$/, 'not the name of an interface')
    .describe('The network interface that counts: eth0; all but lo unless told')
    .exactOptional(),
  path: z
    .string()
    .regex(/^\/[^\n]*$/, 'write a path from the root')
    .describe('A path on the file system whose space is watched; / unless told')
    .exactOptional(),
});

type Config = z.infer<typeof config>;

/** A host as a whole, from its /proc. */
export const host = defineSignal<Config>({
  kind: 'host',
  summary: 'CPU, memory, pressure, disk, network, clock and reboots of a host.',
  config,
  needs: ['Linux'],
  example:
    'machine:\n  host: { host: here, every: 1s, interface: eth0, path: /var }   # machine.cpu_percent.max, machine.events.rebooted.count',
  describe,
  check,
  start,
});

function describe(name: string, { every = EVERY_S }: Config): SignalDescriptor {
  const gauge = (series: string, unit: string, summary: string) =>
    ({ name: series, family: 'gauge', unit, summary, noise: CLOCK_NOISE_MS }) as const;
  return {
    name,
    kind: 'host',
    version: 1,
    series: [
      ...figureSeries(),
      { name: 'uptime_s', family: 'gauge', unit: 's', summary: 'How long ago the host booted.', total: true },
      gauge('clock_offset_ms', 'ms', "How far the host's wall clock is ahead of ours; looked at every 10 s."),
      gauge('clock_error_ms', 'ms', 'How far that may be off: half of the time that the question took.'),
      { name: 'boot', family: 'state', values: 'text', summary: 'Its boot id: another one after a reboot.' },
      {
        name: 'events',
        family: 'events',
        types: ['rebooted'],
        summary: 'The host came back with another boot id.',
      },
    ],
    derived: [],
    interval_s: Math.max(2 * every, CLOCK_EVERY_S),
  };
}

async function check(world: World, wanted: Config, signal: AbortSignal): Promise<Result<void>> {
  const found = world.host(wanted.host);
  if (!found.ok) return found;
  const { path = '/' } = wanted;
  const what = { script, args: ['0', path], doing: 'look at it', code: 'system-unreachable' } as const;
  const ran = await runScript(found.value, what, signal);
  if (!ran.ok) return ran;
  const reader = hostLookReader();
  const looks = ran.value.stdout.split('\n').flatMap((line) => reader(line) ?? []);
  const [look] = looks;
  if (look === undefined) throw new TypeError('internal: a look without an end');
  const missing = missingOf(look, wanted);
  return missing === undefined ? ok(undefined) : fail(missing);
}

function missingOf(look: HostLook, wanted: Config): Problem | undefined {
  const names = [...look.interfaces.keys()];
  if (wanted.interface !== undefined && !names.includes(wanted.interface)) {
    return {
      code: 'name-unknown',
      message: `the host ${wanted.host} has no network interface ${wanted.interface}`,
      found: wanted.interface,
      expected: names.join(', '),
      fix: 'Write one of those, or leave `interface` out.',
    };
  }
  if (look.space !== undefined) return undefined;
  return {
    code: 'field-wrong',
    message: `the host ${wanted.host} has no ${wanted.path ?? '/'} whose space \`df\` could tell`,
    fix: 'Correct `path`.',
  };
}

async function start(context: SignalContext, wanted: Config): Promise<Result<RunningSignal>> {
  const found = context.world.host(wanted.host);
  if (!found.ok) return found;
  const { every = EVERY_S, path = '/' } = wanted;
  const { clock, sink } = context;
  const book = new HostBook(sink, wanted.interface);
  const ending = new AbortController();
  const signal = AbortSignal.any([context.signal, ending.signal]);
  const staying = await startStaying(context, {
    run: (heard, until) => {
      const reader = hostLookReader();
      const onLine = (line: string): void => {
        const look = reader(line);
        if (look === undefined || until.aborted) return;
        book.look(look, clock.now());
        heard();
      };
      return runStaying(found.value, { script, args: [String(every), path], onLine }, until);
    },
    lost: (why) => book.lost(`the host ${found.value.name} cannot be looked at: ${why}`),
    silence_ms: silenceOf(every),
  });
  if (!staying.ok) return staying;
  const clocked = followClock({ context, host: found.value, book }, signal);
  return ok({
    stop: async () => {
      ending.abort();
      await staying.value.stop();
      await clocked;
    },
  });
}

/** Compares the clocks again and again; where it cannot, it says nothing. */
async function followClock(
  { context, host: asked, book }: { context: SignalContext; host: Host; book: HostBook },
  signal: AbortSignal,
): Promise<void> {
  const { clock } = context;
  while (!signal.aborted) {
    const read = await readClockOffset(asked, { clock, deadline_ms: CLOCK_EVERY_S * 1_000 }, signal);
    if (read.ok) book.clock(read.value, clock.now());
    await clock.sleep(CLOCK_EVERY_S * 1_000, signal);
  }
}
