import { scriptFile, scriptOf } from '../../reach/hosts/script.ts';

/** Looks once, or again and again: seconds between two looks (0: once), and the path. */
export const hostScript = scriptOf(scriptFile(import.meta.dirname, 'host.sh'));

/** What one look at a host told. What is absent could not be read, or is not there. */
export interface HostLook {
  boot: string;
  uptime_s: number;
  processes: number;
  load1?: number;
  /** Ticks since boot, of all CPUs together. */
  cpu?: CpuTicks;
  memory?: MemoryLook;
  /** Percent of the last 10 s in which some task waited. */
  pressure: { cpu?: number; memory?: number; io?: number };
  /** Of all disks together, since boot. */
  disk?: { readBytes: number; writtenBytes: number };
  /** Of the file system that holds the path. */
  space?: { freeBytes: number; usedBytes: number };
  interfaces: ReadonlyMap<string, InterfaceLook>;
}

export interface CpuTicks {
  used: number;
  idle: number;
  stolen: number;
}

export interface MemoryLook {
  totalBytes: number;
  availableBytes: number;
  swapUsedBytes: number;
}

/** Counted since the interface came up. */
export interface InterfaceLook {
  receivedBytes: number;
  sentBytes: number;
  drops: number;
  errors: number;
}

/** What the script says once, before its first look. */
interface Begin {
  boot: string;
  disks: Set<string>;
}

/** Takes the script's lines one by one; gives a look with each `@end`. */
export function hostLookReader(): (line: string) => HostLook | undefined {
  const begin: Begin = { boot: '', disks: new Set() };
  let lines: string[] = [];
  return (line) => {
    const [, word, value = ''] = /^@(\w+) ?(.*)$/.exec(line) ?? [];
    if (word === 'boot') begin.boot = value;
    else if (word === 'disk') begin.disks.add(value);
    else if (word !== 'end') lines.push(line);
    if (word !== 'end') return undefined;
    const look = lookOf(lines, begin);
    lines = [];
    return look;
  };
}

function lookOf(lines: readonly string[], { boot, disks }: Begin): HostLook | undefined {
  const files = new Map<string, string[]>();
  let processes = 0;
  let space: HostLook['space'];
  for (const line of lines) {
    const [, file, text = ''] = /^\/proc\/([a-z/]+):(.*)$/.exec(line) ?? [];
    const [, count] = /^@processes (\d+)$/.exec(line) ?? [];
    if (file !== undefined) files.set(file, [...(files.get(file) ?? []), text]);
    else if (count !== undefined) processes = Number(count);
    else space = spaceOf(line) ?? space;
  }
  const of = (file: string): readonly string[] => files.get(file) ?? [];
  const first = (file: string): number | undefined => numberOf(of(file)[0]?.split(' ')[0]);
  const uptime_s = first('uptime');
  if (uptime_s === undefined) return undefined;
  const optional = {
    load1: first('loadavg'),
    cpu: cpuOf(of('stat')[0]),
    memory: memoryOf(of('meminfo')),
    disk: diskOf(of('diskstats'), disks),
    space,
  };
  return {
    boot,
    uptime_s,
    processes,
    pressure: defined({
      cpu: pressureOf(of('pressure/cpu')[0]),
      memory: pressureOf(of('pressure/memory')[0]),
      io: pressureOf(of('pressure/io')[0]),
    }),
    interfaces: new Map(of('net/dev').flatMap(interfaceOf)),
    ...defined(optional),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is undefined. */
const defined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;

/** Whole numbers between blanks; undefined unless there are so many. */
function countsOf(text: string, atLeast: number): number[] | undefined {
  const words = text.trim().split(/\s+/);
  if (words.length < atLeast) return undefined;
  const counts = words.map(Number);
  return counts.every(Number.isSafeInteger) ? counts : undefined;
}

/** `cpu user nice system idle iowait irq softirq steal …` of proc_stat(5); time of guests is in user. */
function cpuOf(line: string | undefined): CpuTicks | undefined {
  const counts = countsOf(line?.replace(/^cpu /, '') ?? '', 8);
  if (counts === undefined) return undefined;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = counts;
  return { used: user + nice + system + irq + softirq, idle: idle + iowait, stolen: steal };
}

function memoryOf(lines: readonly string[]): MemoryLook | undefined {
  const bytes = (name: string): number | undefined => {
    const kb = lines.map((line) => new RegExp(`^${name}: +(\\d+) kB$`).exec(line)?.[1]).find(Boolean);
    return kb === undefined ? undefined : Number(kb) * 1_024;
  };
  const totalBytes = bytes('MemTotal');
  const availableBytes = bytes('MemAvailable');
  if (totalBytes === undefined || availableBytes === undefined) return undefined;
  return { totalBytes, availableBytes, swapUsedBytes: (bytes('SwapTotal') ?? 0) - (bytes('SwapFree') ?? 0) };
}

const pressureOf = (line: string | undefined): number | undefined =>
  numberOf(/^some avg10=([\d.]+) /.exec(line ?? '')?.[1]);

/** The kernel counts sectors of 512 bytes, whatever the disk's own are. */
const SECTOR_BYTES = 512;

function diskOf(lines: readonly string[], disks: ReadonlySet<string>): HostLook['disk'] | undefined {
  let found: HostLook['disk'];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^ *\d+ +\d+ ([^ ]+) (.*)$/.exec(line) ?? [];
    const counts = disks.has(name) ? countsOf(rest, 7) : undefined;
    if (counts === undefined) continue;
    found = {
      readBytes: (found?.readBytes ?? 0) + (counts[2] ?? 0) * SECTOR_BYTES,
      writtenBytes: (found?.writtenBytes ?? 0) + (counts[6] ?? 0) * SECTOR_BYTES,
    };
  }
  return found;
}

/** A line of `df -Pk`: blocks, used, available; the device before them may hold anything. */
function spaceOf(line: string): HostLook['space'] {
  const [, used, available] = / \d+ +(\d+) +(\d+) +(?:\d+%|-) /.exec(line) ?? [];
  if (used === undefined || available === undefined) return undefined;
  return { usedBytes: Number(used) * 1_024, freeBytes: Number(available) * 1_024 };
}

/** `name: bytes packets errs drop …` received, and the same eight sent. */
function interfaceOf(line: string): [string, InterfaceLook][] {
  const at = line.lastIndexOf(':');
  const counts = countsOf(line.slice(at + 1), 12);
  if (at < 0 || counts === undefined) return [];
  const [
    receivedBytes = 0,
    ,
    errorsIn = 0,
    dropsIn = 0,
    ,
    ,
    ,
    ,
    sentBytes = 0,
    ,
    errorsOut = 0,
    dropsOut = 0,
  ] = counts;
  const look = { receivedBytes, sentBytes, errors: errorsIn + errorsOut, drops: dropsIn + dropsOut };
  return [[line.slice(0, at).trim(), look]];
}
