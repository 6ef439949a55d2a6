import { z } from 'zod';
import type { LookAt, ProcessLook, ProcessRow } from './processes.ts';
import { SCRIPT_MARK } from './script.ts';

/** Which processes of a host are meant: exactly one of the five. */
export type Selection =
  | { pid: number }
  | { name: string }
  | { command: string }
  | { port: number }
  | { pid_file: string };

const text = z.string().trim().min(1);

const keys = ['name', 'command', 'port', 'pid', 'pid_file'] as const;

/** `{ host, name | command | port | pid | pid_file, children }`, with what is further said beside it. */
export const selectionShape = <T extends z.ZodRawShape>(more: T) =>
  z
    .strictObject({
      host: text.describe('A host of the system file: here, where that has `hosts: { here: local }`'),
      name: text.describe('Processes of this program, or with this name: nginx').exactOptional(),
      command: text.describe('Processes with this text in the command line').exactOptional(),
      port: z.int().min(1).max(65_535).describe('What listens on this TCP port').exactOptional(),
      pid: z.int().min(1).describe('The process with this number').exactOptional(),
      pid_file: text
        .regex(/^\//, 'must be a whole path, such as /run/nginx.pid')
        .describe('The process whose number stands in this file of the host: /run/nginx.pid')
        .exactOptional(),
      children: z
        .boolean()
        .describe('Also everything that it started, and what those started')
        .exactOptional(),
      ...more,
    })
    .refine(
      (spec) => keys.filter((key) => Reflect.get(spec, key) !== undefined).length === 1,
      `write exactly one of ${keys.join(', ')}`,
    );

/** Without host and the rest. */
export function selectionOf(spec: Partial<Record<(typeof keys)[number], unknown>>): Selection {
  const { pid, name, command, port, pid_file } = spec;
  if (typeof pid === 'number') return { pid };
  if (typeof name === 'string') return { name };
  if (typeof command === 'string') return { command };
  if (typeof port === 'number') return { port };
  if (typeof pid_file === 'string') return { pid_file };
  throw new TypeError('internal: a selection that selects nothing');
}

/** `named nginx`, `listening on port 8080`, after "processes". */
export function selectionText(selection: Selection): string {
  if ('pid' in selection) return `with pid ${selection.pid}`;
  if ('name' in selection) return `named ${selection.name}`;
  if ('command' in selection) return `with \`${selection.command}\` in the command line`;
  if ('pid_file' in selection) return `whose number stands in ${selection.pid_file}`;
  return `listening on port ${selection.port}`;
}

/** What a look must show for a selection. */
export function lookFor(selection: Selection): LookAt {
  if ('pid_file' in selection) return { pid_file: selection.pid_file };
  return 'port' in selection ? 'port' : 'process';
}

/** The processes that are meant, by pid; never a kernel thread, nor one of our own scripts. */
export function select(look: ProcessLook, selection: Selection): ProcessRow[] {
  const matches = matcher(look, selection);
  const ours = ourSessions(look);
  return [...look.rows.values()]
    .filter((row) => matches(row) && !isKernel(row) && !isOurScript(row, ours))
    .sort((a, b) => a.pid - b.pid);
}

function matcher(look: ProcessLook, selection: Selection): (row: ProcessRow) => boolean {
  if ('pid' in selection) return ({ pid }) => pid === selection.pid;
  if ('command' in selection) return ({ command }) => command?.includes(selection.command) === true;
  if ('name' in selection) {
    return (row) => programOf(row) === selection.name || isNamed(row, selection.name);
  }
  if ('pid_file' in selection) return ({ pid }) => pid === look.numbered;
  const pids = look.listening.get(selection.port) ?? [];
  return ({ pid }) => pids.includes(pid);
}

/** The kernel keeps this much of a process's name. */
const COMM_LENGTH = 15;

/** A name that was cut off says nothing against a program that has another one. */
const isNamed = (row: ProcessRow, name: string): boolean =>
  row.comm === name ||
  (name.length > COMM_LENGTH && row.exe === undefined && row.comm === name.slice(0, COMM_LENGTH));

/** The file name of its program. */
export const programOf = ({ exe }: ProcessRow): string | undefined => exe?.split('/').at(-1);

const KTHREADD = 2;
const isKernel = ({ pid, ppid, exe, command }: ProcessRow): boolean =>
  (pid === KTHREADD || ppid === KTHREADD) && exe === undefined && (command ?? '') === '';

/** The watchdog of an injection: `sh RECORD/watchdog RECORD`. */
const WATCHDOG = /^(?:\S*\/)?(?:busybox )?sh (\/.*)\/watchdog \1 ?$/s;

/** The sessions of the script that looks, and of the watchdogs that undo: all that these start is in them. */
const ourSessions = ({ rows, self }: ProcessLook): ReadonlySet<number | undefined> =>
  new Set([
    rows.get(self)?.session,
    ...[...rows.values()].filter(({ command }) => WATCHDOG.test(command ?? '')).map(({ session }) => session),
  ]);

const isOurScript = ({ session, command }: ProcessRow, ours: ReturnType<typeof ourSessions>): boolean =>
  ours.has(session) || command?.includes(SCRIPT_MARK) === true;

/** A process and everything below it, the process itself first. */
export function treeOf(look: ProcessLook, root: number): ProcessRow[] {
  const inside = new Set([root]);
  for (let size = 0; size < inside.size; ) {
    size = inside.size;
    for (const { pid, ppid } of look.rows.values()) if (inside.has(ppid)) inside.add(pid);
  }
  return [...inside].flatMap((pid) => look.rows.get(pid) ?? []);
}

/** Whether a process belongs to aftershock: see `Host.ours`. */
export const isOurs = ({ command }: ProcessRow, ours: readonly string[]): boolean =>
  ours.some((text) => command?.includes(text));

/** Our own way to where we look: without it we would not be there. */
export const ABOVE_US = 'aftershock runs below it';

/** Why a process is never a target: what we and the machine live by. Undefined where it may be one. */
export function neverTarget(look: ProcessLook, row: ProcessRow, ours: readonly string[]): string | undefined {
  if (row.pid === 1) return 'it is the init of this machine or container';
  if (isKernel(row)) return 'it is a thread of the kernel';
  if (isOurScript(row, ourSessions(look))) return 'it is a script of ours';
  if (isOurs(row, ours)) return 'it is a process of aftershock itself';
  return isAboveUs(look, row) ? ABOVE_US : undefined;
}

/** Whether the script that looks runs below a process. */
function isAboveUs({ rows, self }: ProcessLook, { pid }: ProcessRow): boolean {
  for (let above = rows.get(self); above !== undefined; above = rows.get(above.ppid)) {
    if (above.pid === pid) return true;
  }
  return false;
}
