import { readdirSync, readFileSync } from 'node:fs';

/** What Linux tells of a process in /proc/PID/stat. */
export interface ProcessStat {
  /** Field 3: `R`, `S`, `T`, …; `Z` and `X` have ended. */
  state: string;
  /** Field 22, clock ticks since boot: with its number it tells a process from a later one of that number. */
  startTime: string;
  /** CPU that it has used, user and system (fields 14, 15), in seconds. */
  cpuSeconds: number;
  /** CPU of its children that have ended and been waited for (fields 16, 17), in seconds. */
  childrenCpuSeconds: number;
  /** Memory that it holds in RAM (field 24), in bytes. */
  rssBytes: number;
}

/** Reads a process's stat; undefined where there is no such process (or no /proc). */
export function readProcess(pid: number): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command in parentheses may hold spaces and parentheses: fields count from behind the last one.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): string => fields[number - 3] ?? '';
    const { ticks, page } = unitsOfMachine();
    return {
      state: field(3),
      startTime: field(22),
      cpuSeconds: (Number(field(14)) + Number(field(15))) / ticks,
      childrenCpuSeconds: (Number(field(16)) + Number(field(17))) / ticks,
      rssBytes: Number(field(24)) * page,
    };
  } catch {
    return undefined;
  }
}

/** The numbers of a process's children, of all its threads; none where it has ended. */
export function childrenOf(pid: number): number[] {
  const threads = attempt(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  return threads.flatMap((thread) => {
    const text = attempt(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')) ?? '';
    return text === '' ? [] : text.trim().split(' ').map(Number);
  });
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // It ended in between.
    return undefined;
  }
}

let units: { ticks: number; page: number } | undefined;

/** Clock ticks a second and bytes a page: entries 17 and 6 of the vector that the kernel gives every program. */
function unitsOfMachine(): { ticks: number; page: number } {
  if (units !== undefined) return units;
  const vector = attempt(() => readFileSync('/proc/self/auxv')) ?? Buffer.alloc(0);
  const entry = (type: bigint): number | undefined => {
    for (let at = 0; at + 16 <= vector.length; at += 16)
      if (vector.readBigUInt64LE(at) === type) return Number(vector.readBigUInt64LE(at + 8));
    return undefined;
  };
  units = { ticks: entry(17n) ?? 100, page: entry(6n) ?? 4096 };
  return units;
}
