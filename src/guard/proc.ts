import { execFileSync } from 'node:child_process';
import { readText } from '../reach/files.ts';

/** A process pinned: the pid alone may belong to another one tomorrow. */
export interface ProcessIdentity {
  pid: number;
  /** Field 22 of /proc/PID/stat (clock ticks since boot); elsewhere what `ps -o lstart=` prints. */
  startTime: string;
}

const PS_DEADLINE_MS = 2_000;

/** The identity of a running process; undefined where there is none. A zombie has ended. */
export function identify(pid: number, platform: string = process.platform): ProcessIdentity | undefined {
  const startTime = platform === 'linux' ? fromProc(pid) : fromPs(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** Whether this very process still runs. */
export function alive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTime === identity.startTime;
}

/** Our own identity. */
export function own(): ProcessIdentity {
  return identify(process.pid) ?? { pid: process.pid, startTime: '' };
}

/** Seconds since boot, time asleep included; unlike wall time it never jumps. */
export function uptime_s(): number {
  const text = readText('/proc/uptime');
  const first = text.ok ? Number(text.value.split(' ')[0]) : Number.NaN;
  return Number.isFinite(first) ? first : Number(process.hrtime.bigint()) / 1e9;
}

function fromProc(pid: number): string | undefined {
  const text = readText(`/proc/${pid}/stat`);
  if (!text.ok) return undefined;
  // The command in parentheses may hold spaces and parentheses: fields count from behind the last one.
  const fields = text.value.slice(text.value.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function fromPs(pid: number): string | undefined {
  try {
    // The time is printed by the locale: ours must not differ from the guardian's.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const text = execFileSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
      timeout: PS_DEADLINE_MS,
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [state = '', ...started] = text.trim().split(/\s+/);
    return state === '' || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    // ps exits with 1 where there is no such process.
    return undefined;
  }
}
