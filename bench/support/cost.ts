import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_S = 100;

/** Fields of /proc/PID/stat after the command's name: proc_pid_stat(5); the first is the state. */
const statOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');

const UTIME_AT = 11;
const CSTIME_AT = 14;
const PPID_AT = 1;

/** CPU time of a process and the children that it waited for, in milliseconds. */
export const cpuOf = (pid: number): number =>
  (statOf(pid)
    .slice(UTIME_AT, CSTIME_AT + 1)
    .reduce((sum, one) => sum + Number(one), 0) *
    1_000) /
  TICKS_PER_S;

/** Proportional set size of a process and its living children, in KiB. */
export const memoryOf = (pid: number): number =>
  [pid, ...childrenOf(pid)].reduce((sum, one) => sum + pssOf(one), 0);

function pssOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1]);
}

const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => parentOf(one) === pid);

/** 0 where it has ended meanwhile. */
function parentOf(pid: number): number {
  try {
    return Number(statOf(pid)[PPID_AT]);
  } catch {
    return 0;
  }
}

/** The most memory that a process has had, in MiB; undefined once it has ended. */
export function peakOf(pid: number): number | undefined {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return peak === undefined ? undefined : Number(peak) / 1_024;
  } catch {
    return undefined;
  }
}
