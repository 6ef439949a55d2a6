import { z } from 'zod';
import type { Candidates } from '../../model/contracts/fault.ts';
import type { Host, World } from '../../model/contracts/world.ts';
import type { Target } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { lookAtProcesses, type ProcessLook, type ProcessRow } from '../../reach/hosts/processes.ts';
import { runScript, scriptFile } from '../../reach/hosts/script.ts';
import {
  ABOVE_US,
  lookFor,
  neverTarget,
  programOf,
  select,
  selectionOf,
  selectionShape,
  selectionText,
  treeOf,
} from '../../reach/hosts/select.ts';
import { placedScript } from '../hosts/place.ts';

/** The text of one of our scripts. */
export const processFile = (name: string): string => scriptFile(import.meta.dirname, name);

const workersScript = placedScript(processFile('workers.sh'));

/** `target:` of a fault on processes. */
export const processTarget = selectionShape({});
export type ProcessSpec = z.infer<typeof processTarget>;

/** What a fault on a process needs to know of its target later; part of its JSON. */
const detailSchema = z.object({
  host: z.string(),
  pid: z.number(),
  start: z.string(),
  /** Told apart from the processes of another boot, whose numbers and ticks may come again. */
  boot: z.string(),
  children: z.boolean(),
  /** How it was found, to recognize its successor. */
  selection: z.union([
    z.object({ pid: z.number() }),
    z.object({ name: z.string() }),
    z.object({ command: z.string() }),
    z.object({ port: z.number() }),
    z.object({ pid_file: z.string() }),
  ]),
  program: z.string(),
  /** Our own way to the host goes through it. */
  carriesUs: z.boolean(),
});
export type ProcessDetail = z.infer<typeof detailSchema>;

export const detailOf = ({ detail }: Target): ProcessDetail => detailSchema.parse(detail);

/** `with:` of every fault on processes. */
export const cutsUsOff = z
  .boolean()
  .describe('Also where our own way to the host goes through it: sshd, and what our session hangs on')
  .exactOptional();

interface Found {
  spec: ProcessSpec;
  host: Host;
  look: ProcessLook;
  /** Processes that faults started there, as `pid/start`. */
  workers: ReadonlySet<string>;
  cutsUsOff: boolean;
}

/** The processes that a specification means now, without those that are never a target. */
export async function findProcesses(
  world: World,
  { target: spec, params }: { target: ProcessSpec; params: { cuts_us_off?: boolean } },
  signal: AbortSignal,
): Promise<Result<Candidates>> {
  const host = world.host(spec.host);
  if (!host.ok) return host;
  const selection = selectionOf(spec);
  const look = await lookAtProcesses(host.value, lookFor(selection), signal);
  if (!look.ok) return look;
  const workers = await workersOn(host.value, signal);
  if (!workers.ok) return workers;
  const rows = select(look.value, selection);
  const cuts = params.cuts_us_off === true;
  const of: Found = { spec, host: host.value, look: look.value, workers: workers.value, cutsUsOff: cuts };
  const refused = new Map(
    rows.flatMap((row): [ProcessRow, string][] => {
      const why = refusal(row, of);
      return why === undefined ? [] : [[row, why]];
    }),
  );
  const allowed = rows.filter((row) => !refused.has(row));
  if (allowed.length === 0) return fail(noneOf(spec, refused));
  const found = allowed.map((row) => targetOf(row, of));
  const name = `processes ${selectionText(selection)} on ${spec.host}`;
  return ok({ found, ...(found.length === 1 ? {} : { set: { name, size: found.length, takenEach: 1 } }) });
}

async function workersOn(host: Host, signal: AbortSignal): Promise<Result<ReadonlySet<string>>> {
  const what = {
    script: workersScript,
    doing: 'look what faults started',
    code: 'system-unreachable',
  } as const;
  const ran = await runScript(host, what, signal);
  if (!ran.ok) return ran;
  return ok(new Set(ran.value.stdout.split('\n').map((line) => line.replace(' ', '/'))));
}

/** Why a process must not be touched: itself, or, with its children, something below it. */
function refusal(row: ProcessRow, of: Found): string | undefined {
  const why = refusedItself(row, of);
  if (why !== undefined || of.spec.children !== true) return why;
  for (const below of treeOf(of.look, row.pid)) {
    const belowWhy = below === row ? undefined : refusedItself(below, of);
    if (belowWhy !== undefined) return `below it is pid ${below.pid}, and ${belowWhy}`;
  }
  return undefined;
}

function refusedItself(row: ProcessRow, of: Found): string | undefined {
  const { look, host, workers } = of;
  const why = neverTarget(look, row, host.ours);
  const leader = look.rows.get(row.session);
  if (leader !== undefined && workers.has(`${leader.pid}/${leader.start}`))
    return 'a fault of aftershock started it';
  if (!carriesUs(row, of) || (why !== undefined && why !== ABOVE_US)) return why;
  return of.cutsUsOff
    ? undefined
    : 'our own way to the host goes through it; `with: { cuts_us_off: true }` says that this is meant';
}

/** Programs through which we come to a host over ssh. */
const CARRIERS = ['sshd', 'sshd-session', 'sshd-auth', 'dropbear'];

const carriesUs = (row: ProcessRow, { host, look }: Found): boolean =>
  host.kind === 'ssh' &&
  (neverTarget(look, row, host.ours) === ABOVE_US || CARRIERS.includes(programOf(row) ?? row.comm));

function noneOf(spec: ProcessSpec, refused: ReadonlyMap<ProcessRow, string>): Problem {
  const what = selectionText(selectionOf(spec));
  const [first] = refused;
  if (first === undefined) {
    return {
      code: 'target-missing',
      message: `No process ${what} runs on the host ${spec.host}.`,
      fix: 'Start it, or look what is there with `ps -e -o pid,args` (for ports: `ss -tlnp`, as root).',
    };
  }
  const [{ pid }, why] = first;
  return {
    code: 'target-unsuitable',
    message: `pid ${pid} on the host ${spec.host} is never a target: ${why}.`,
    fix:
      refused.size === 1
        ? 'Choose another process.'
        : `So it is with all ${refused.size} processes ${what}: choose others.`,
  };
}

function targetOf(row: ProcessRow, of: Found): Target {
  const { spec, look } = of;
  const { boot } = look;
  const selection = selectionOf(spec);
  const program = plain('name' in selection ? selection.name : (programOf(row) ?? row.comm));
  const detail: ProcessDetail & JsonObject = {
    host: spec.host,
    pid: row.pid,
    start: row.start,
    boot,
    children: spec.children === true,
    selection,
    program,
    carriesUs: carriesUs(row, of),
  };
  return {
    kind: 'process',
    name: `${program} (pid ${row.pid})`,
    id: `${boot}/${row.pid}/${row.start}`,
    // Names by which `limits.protect` may know it.
    detail: {
      ...detail,
      protectedAs: `process/${program}`,
      ...(plain(row.comm) === program ? {} : { alsoAs: `process/${plain(row.comm)}` }),
      on: `host/${spec.host}`,
    },
  };
}

/** A name that can be written in a file: what stands in `limits.protect`. */
const plain = (name: string): string => name.replaceAll(/[^A-Za-z0-9._-]+/g, '_');
