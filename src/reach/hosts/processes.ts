import type { Host } from '../../model/contracts/world.ts';
import { ok, type Result } from '../../model/result.ts';
import { runScript, scriptFile, scriptOf } from './script.ts';

/** One process, as one look saw it. What a quick look leaves out is absent. */
export interface ProcessRow {
  pid: number;
  ppid: number;
  session: number;
  /** Clock ticks since boot when it started; with the pid it stays the same process. */
  start: string;
  state: string;
  /** The kernel's name for it: at most 15 characters, and a program may change it. */
  comm: string;
  cpuTicks: number;
  rssBytes: number;
  threads: number;
  /** The path of its program, where we may see it. */
  exe?: string;
  /** Its arguments, a space between them. */
  command?: string;
}

/** A host's processes at one moment. */
export interface ProcessLook {
  uptime_s: number;
  /** Another one after each start of the machine. */
  boot: string;
  /** The script that looked. */
  self: number;
  ticksPerSecond: number;
  rows: ReadonlyMap<number, ProcessRow>;
  /** Whether programs, command lines and ports were looked at, too. */
  whole: boolean;
  /** Pids by the TCP port they listen on; only where ports were asked for. */
  listening: ReadonlyMap<number, readonly number[]>;
  /** What stands in the pid file that was asked for. */
  numbered?: number;
}

/** What has to be looked at besides the processes themselves. */
export type LookAt = 'process' | 'port' | { pid_file: string };

/** Prints one look, for those who take it apart on the host. */
export const lookText = scriptFile(import.meta.dirname, 'look.sh');
const script = scriptOf(lookText);

const lookArgs = (at: LookAt, every_s: number): string[] =>
  typeof at === 'string' ? [at, String(every_s)] : ['process', String(every_s), at.pid_file];

/** Looks once at all processes of a host. */
export async function lookAtProcesses(
  host: Host,
  at: LookAt,
  signal: AbortSignal,
): Promise<Result<ProcessLook>> {
  const reader = lookReader();
  const what = {
    script,
    args: lookArgs(at, 0),
    doing: 'read the processes',
    code: 'system-unreachable',
  } as const;
  const ran = await runScript(host, what, signal);
  if (!ran.ok) return ran;
  let look: ProcessLook | undefined;
  for (const line of ran.value.stdout.split('\n')) look = reader(line) ?? look;
  if (look === undefined) throw new TypeError('internal: a look without an end');
  return ok(look);
}

/** Looks at all processes again and again, by one script that stays; resolves when it has ended, with why. */
export function watchProcesses(
  host: Host,
  { at, every_s, onLook }: { at: LookAt; every_s: number; onLook: (look: ProcessLook) => void },
  signal: AbortSignal,
): Promise<string> {
  const reader = lookReader();
  const onLine = (line: string): void => {
    const look = reader(line);
    if (look !== undefined) onLook(look);
  };
  const forever = Number.POSITIVE_INFINITY;
  return host
    .run({ script, args: lookArgs(at, every_s), deadline_ms: forever, onLine }, signal)
    .then((ran) =>
      ran.ok ? `it ended with exit code ${ran.value.code}: ${ran.value.stderr.trim()}` : ran.problem.text,
    );
}

/** Takes the script's lines one by one; gives a look with each `@end`. */
export function lookReader(): (line: string) => ProcessLook | undefined {
  let sections = new Map<string, string[]>();
  let section: string[] = [];
  return (line) => {
    if (line === '@end') {
      const look = lookOf(sections);
      // What is said once only, before the first look.
      sections = new Map([...sections].filter(([name]) => name === '@self' || name === '@units'));
      return look;
    }
    if (sectionNames.has(line)) {
      section = [];
      sections.set(line, section);
    } else {
      section.push(line);
    }
    return undefined;
  };
}

const sectionNames = new Set([
  '@self',
  '@units',
  '@uptime',
  '@pid',
  '@stat',
  '@exe',
  '@command',
  '@tcp',
  '@fd',
]);

type Sections = ReadonlyMap<string, readonly string[]>;

function lookOf(sections: Sections): ProcessLook {
  const of = (name: string): readonly string[] => sections.get(name) ?? [];
  const number = (name: string, index = 0): number => Number.parseFloat(of(name)[index] ?? '');
  const rows = new Map<number, ProcessRow>();
  for (const line of of('@stat')) {
    const row = rowOf(line, number('@units', 1));
    if (row !== undefined) rows.set(row.pid, row);
  }
  for (const line of of('@exe')) {
    const [, pid, exe = ''] = / \/proc\/(\d+)\/exe -> (.*)$/.exec(line) ?? [];
    const row = rows.get(Number(pid));
    if (row !== undefined) row.exe = exe.replace(/ \(deleted\)$/, '');
  }
  for (const line of of('@command')) {
    const [, pid, text = ''] = /^\/proc\/(\d+)\/cmdline:(.*)$/.exec(line) ?? [];
    const row = rows.get(Number(pid));
    if (row !== undefined) row.command = row.command === undefined ? text : `${row.command}\n${text}`;
  }
  return {
    uptime_s: number('@uptime'),
    boot: of('@self')[1] ?? '',
    self: number('@self'),
    ticksPerSecond: number('@units'),
    rows,
    whole: sections.has('@command'),
    listening: listeningOf(of('@tcp'), of('@fd')),
    ...(of('@pid').length === 0 ? {} : { numbered: number('@pid') }),
  };
}

/**
 * A line of /proc/PID/stat, of a name of several lines the last one; undefined for what is none, and for what has ended.
 */
function rowOf(line: string, pageBytes: number): ProcessRow | undefined {
  const match = /^\/proc\/(\d+)\/stat:(?:\d+ \()?(.*)\) ([A-Za-z]) ([-\d ]+)$/.exec(line);
  if (match === null) return undefined;
  const [, pid, comm = '', state = '', rest = ''] = match;
  if (state === 'Z' || state === 'X') return undefined;
  const fields = rest.split(' ');
  // Numbered as in proc(5), where the state is field 3.
  const field = (number: number): string => fields[number - 4] ?? '';
  return {
    pid: Number(pid),
    comm,
    state,
    ppid: Number(field(4)),
    session: Number(field(6)),
    cpuTicks: Number(field(14)) + Number(field(15)),
    threads: Number(field(20)),
    start: field(22),
    rssBytes: Number(field(24)) * pageBytes,
  };
}

const LISTEN = '0A';

/** Joins ports to sockets (/proc/net/tcp) and sockets to the processes that have them open. */
function listeningOf(tcp: readonly string[], descriptors: readonly string[]): Map<number, number[]> {
  const ports = new Map<string, number>();
  for (const line of tcp) {
    const fields = line.trim().split(/\s+/);
    const port = Number.parseInt(fields[1]?.split(':').at(-1) ?? '', 16);
    if (fields[3] === LISTEN && fields[9] !== undefined) ports.set(fields[9], port);
  }
  const found = new Map<number, Set<number>>();
  let pid = 0;
  for (const line of descriptors) {
    const [, header] = /^\/proc\/(\d+)\/fd:$/.exec(line) ?? [];
    if (header !== undefined) pid = Number(header);
    const port = ports.get(/ -> socket:\[(\d+)\]$/.exec(line)?.[1] ?? '');
    if (port !== undefined) found.set(port, (found.get(port) ?? new Set()).add(pid));
  }
  return new Map([...found].map(([port, pids]) => [port, [...pids]]));
}
