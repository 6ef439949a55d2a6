import { z } from 'zod';
import type { Candidates } from '../../model/contracts/fault.ts';
import type { Host, World } from '../../model/contracts/world.ts';
import type { Target } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { lookAtProcesses, type ProcessLook, type ProcessRow } from '../../reach/hosts/processes.ts';
import { scriptFile } from '../../reach/hosts/script.ts';
import {
  lookFor,
  neverTarget,
  programOf,
  type Selection,
  select,
  selectionOf,
  selectionShape,
  selectionText,
  treeOf,
} from '../../reach/hosts/select.ts';
import { placedScript } from '../hosts/place.ts';

const pinnedPart = scriptFile(import.meta.dirname, 'pinned.sh');

/** A script over processes that are pinned, with a record beside it. */
export const processScript = (name: string): string =>
  placedScript(pinnedPart, scriptFile(import.meta.dirname, name));

/** `target:` of a fault on processes. */
export const processTarget = selectionShape({});
export type ProcessSpec = z.infer<typeof processTarget>;

/** A process that stays the same one: a later process of its number started at another tick. */
export interface Pinned {
  pid: number;
  start: string;
}

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
  ]),
  program: z.string(),
});
export type ProcessDetail = z.infer<typeof detailSchema>;

export const detailOf = ({ detail }: Target): ProcessDetail => detailSchema.parse(detail);

/** The host on which a target is. */
export const hostOf = (world: World, target: Target): Result<Host> => world.host(detailOf(target).host);

/** Runs a step on the target's host; where there is none by that name, its Problem. */
export async function onHost<T>(
  world: World,
  target: Target,
  step: (host: Host, detail: ProcessDetail) => Promise<Result<T>>,
): Promise<Result<T>> {
  const host = hostOf(world, target);
  return host.ok ? step(host.value, detailOf(target)) : host;
}

/** The processes that a specification means now, without those that are never a target. */
export async function findProcesses(
  world: World,
  spec: ProcessSpec,
  signal: AbortSignal,
): Promise<Result<Candidates>> {
  const host = world.host(spec.host);
  if (!host.ok) return host;
  const selection = selectionOf(spec);
  const look = await lookAtProcesses(host.value, lookFor(selection), signal);
  if (!look.ok) return look;
  const rows = select(look.value, selection);
  const refused = new Map(
    rows.flatMap((row): [ProcessRow, string][] => {
      const why = refusal(look.value, row, { host: host.value, spec });
      return why === undefined ? [] : [[row, why]];
    }),
  );
  const allowed = rows.filter((row) => !refused.has(row));
  if (allowed.length === 0) return fail(noneOf(spec, refused));
  const found = allowed.map((row) => targetOf(row, { spec, selection, boot: look.value.boot }));
  const name = `processes ${selectionText(selection)} on ${spec.host}`;
  return ok({ found, ...(found.length === 1 ? {} : { set: { name, size: found.length, takenEach: 1 } }) });
}

/** Why a process must not be touched: itself, or, with its children, something below it. */
function refusal(
  look: ProcessLook,
  row: ProcessRow,
  { host, spec }: { host: Host; spec: ProcessSpec },
): string | undefined {
  const why = neverTarget(look, row, host.ours);
  if (why !== undefined || spec.children !== true) return why;
  for (const below of treeOf(look, row.pid)) {
    const of = neverTarget(look, below, host.ours);
    if (of !== undefined) return `below it is pid ${below.pid}, and ${of}`;
  }
  return undefined;
}

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

function targetOf(
  row: ProcessRow,
  { spec, selection, boot }: { spec: ProcessSpec; selection: Selection; boot: string },
): Target {
  const program = plain('name' in selection ? selection.name : (programOf(row) ?? row.comm));
  const detail: ProcessDetail & JsonObject = {
    host: spec.host,
    pid: row.pid,
    start: row.start,
    boot,
    children: spec.children === true,
    selection,
    program,
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
