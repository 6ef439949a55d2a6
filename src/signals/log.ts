import { z } from 'zod';
import { defineSignal, type RunningSignal, type SignalContext } from '../model/contracts/signal.ts';
import type { Clock, Host } from '../model/contracts/world.ts';
import { ok, type Result } from '../model/result.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { runScript } from '../reach/hosts/script.ts';
import { silenceOf, startStaying } from './hosts/stay.ts';
import { fromField, hostOrHere, runStaying } from './hosts/where.ts';
import { DROPPED, LogBook, type Matcher } from './log/book.ts';
import { HostClock } from './log/clock.ts';
import { logLine, logScript as script } from './log/line.ts';
import { compilePattern } from './log/pattern.ts';

const match = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'a name is letters, digits and _')
    .refine((name) => name !== DROPPED, `${DROPPED} is what we call lines that were left out`)
    .describe('What such a line is called in expressions'),
  pattern: z
    .string()
    .min(1)
    .max(1_000)
    .superRefine((text, context) => {
      const compiled = compilePattern(text);
      if (!compiled.ok) context.addIssue({ code: 'custom', message: `no pattern: ${compiled.problem}` });
    })
    .describe('A regular expression (RE2) found anywhere in the first 2000 characters of a line'),
});

const config = z
  .strictObject({
    host: fromField,
    file: z
      .string()
      .regex(/^\/[^\n]*$/, 'write a path from the root')
      .describe('A file, also over its rotation; it may come later')
      .exactOptional(),
    unit: z
      .string()
      .regex(/^[A-Za-z0-9@:_.\\][A-Za-z0-9@:_.\\-]*$/, 'not the name of a unit')
      .describe('A unit of systemd, by its journal')
      .exactOptional(),
    match: z
      .array(match)
      .min(1)
      .max(50)
      .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'two have the same name')
      .describe('Lines that count, each kind by its name; a line may be of several'),
  })
  .refine(
    ({ file, unit }) => (file === undefined) !== (unit === undefined),
    'write exactly one of file, unit',
  );

type Config = z.infer<typeof config>;

/** Lines of a log file or of the journal. */
export const log = defineSignal<Config>({
  kind: 'log',
  summary:
    "Lines of a file or of the journal that match a pattern, with their text. Those of the journal stand when they were written, by the host's clock less its offset, within its error; those of a file when they came.",
  config,
  needs: ['the right to read the file, or the journal'],
  example: `database:
  log:
    host: here
    file: /var/log/postgresql.log        # or unit: postgresql.service
    match:
      - { name: panic, pattern: 'PANIC|FATAL' }   # database.panic.count, database.panic.first_after_s
      - { name: ready, pattern: ready to accept connections }`,
  describe,
  check: async (world, wanted, signal) => {
    const from = hostOrHere(world, wanted.host);
    if (!from.ok) return from;
    const what = { script, args: argsOf(wanted, 'check'), doing: 'read that log', exits } as const;
    const ran = await runScript(from.value, { ...what, code: 'system-unreachable' }, signal);
    return ran.ok ? ok(undefined) : ran;
  },
  start,
});

const exits = {
  77: (stderr: string) =>
    ({
      code: 'rights-missing',
      message: `The log cannot be read: ${stderr}`,
      fix: 'Take a user who may read it (of the groups adm or systemd-journal, or root), or correct the path.',
    }) as const,
};

const kindOf = ({ file }: Config): 'file' | 'unit' => (file === undefined ? 'unit' : 'file');
const sourceOf = ({ file, unit }: Config): string => file ?? unit ?? '';
const argsOf = (wanted: Config, how: 'stay' | 'check'): string[] => [kindOf(wanted), sourceOf(wanted), how];

function describe(name: string, wanted: Config): SignalDescriptor {
  return {
    name,
    kind: 'log',
    version: 1,
    main: 'lines',
    series: [
      {
        name: 'lines',
        family: 'events',
        types: [...wanted.match.map((one) => one.name), DROPPED],
        summary:
          'One event for each line that matches; of a flood only 50 a second, and then `dropped` with how many more.',
      },
    ],
    derived: [],
  };
}

function matchersOf({ match: wanted }: Config): Matcher[] {
  return wanted.flatMap(({ name, pattern }) => {
    const compiled = compilePattern(pattern);
    return compiled.ok ? [{ name, pattern: compiled.value }] : [];
  });
}

/** The script gives a sign of life each second. */
const ALIVE_S = 1;

async function start(context: SignalContext, wanted: Config): Promise<Result<RunningSignal>> {
  const { clock, sink, world } = context;
  const from = hostOrHere(world, wanted.host);
  if (!from.ok) return from;
  const book = new LogBook(sink, { matchers: matchersOf(wanted), subject: sourceOf(wanted) });
  return startStaying(context, {
    run: (heard, signal) => follow({ host: from.value, clock, book, wanted }, heard, signal),
    lost: (why, since) =>
      book.lost(`the log ${sourceOf(wanted)} of ${from.value.name} is not followed: ${why}`, since),
    silence_ms: silenceOf(ALIVE_S),
  });
}

interface Followed {
  host: Host;
  clock: Clock;
  book: LogBook;
  wanted: Config;
}

/** Follows the log as long as its script stays. The clocks are compared once it speaks: the way to the host is open then. */
async function follow(
  { host, clock, book, wanted }: Followed,
  heard: () => void,
  signal: AbortSignal,
): Promise<string> {
  const kind = kindOf(wanted);
  const ending = new AbortController();
  const until = AbortSignal.any([signal, ending.signal]);
  const hostClock = kind === 'unit' ? new HostClock(host, clock) : undefined;
  let comparing: Promise<void> | undefined;
  const onLine = (raw: string): void => {
    if (signal.aborted) return;
    const t = clock.now();
    comparing ??= hostClock?.follow(until);
    const line = logLine(raw, kind);
    if (line === undefined) book.alive(t);
    else book.line(line, t, hostClock);
    heard();
  };
  const why = await runStaying(host, { script, args: argsOf(wanted, 'stay'), onLine }, signal);
  ending.abort();
  await comparing;
  return why;
}
