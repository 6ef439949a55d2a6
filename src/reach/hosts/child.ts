import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { HostFailure, HostRan, HostScript } from '../../model/contracts/world.ts';
import { fail, ok, type Result } from '../../model/result.ts';

/** How long a script may take where its caller does not say, in milliseconds. */
const DEADLINE_MS = 10_000;
/** What a script may say in all, in characters; more is no answer to anything we ask. */
const MOST_OUTPUT = 32 * 1024 * 1024;

/** A program that carries a script to where it runs. */
export interface Carrier {
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string | undefined>>;
  /** Written to its standard input. */
  input: string;
  /** Its input stays open until it ends: there it is told so that we are gone. */
  holdsInput?: boolean;
  /** What it leaves in the background may keep its output open: where it ends well, its exit is its end. */
  staysBehind?: boolean;
  /** The script's own words begin after this line of standard output: a login shell may say something before. */
  begins?: { after: string; onBegin: () => void };
}

export type Ran = Result<HostRan, HostFailure>;

/**
 * Runs a child in a session of its own until it ends, is cancelled, or its deadline is over; then it is killed with
 * its process group.
 */
export function runChild(
  carrier: Carrier,
  { deadline_ms = DEADLINE_MS, onLine }: Pick<HostScript, 'deadline_ms' | 'onLine'>,
  signal: AbortSignal,
): Promise<Ran> {
  if (signal.aborted) return Promise.resolve(fail(notBegun));
  return new Promise((resolve) => {
    const child = spawn(carrier.command, carrier.args, {
      cwd: '/',
      detached: true,
      stdio: 'pipe',
      ...(carrier.env === undefined ? {} : { env: carrier.env }),
    });
    const stdout = after(carrier.begins, onLine === undefined ? kept() : lines(onLine));
    const stderr = kept();
    const end = (ran: Ran): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (!ran.ok) killGroup(child.pid);
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      resolve(ran);
    };
    const timer = Number.isFinite(deadline_ms)
      ? setTimeout(() => end(fail(overdue(deadline_ms))), deadline_ms)
      : undefined;
    const onAbort = (): void => end(fail(cancelled));
    signal.addEventListener('abort', onAbort, { once: true });
    for (const [stream, take] of [[child.stdout, stdout.take] as const, [child.stderr, stderr.take] as const])
      stream.setEncoding('utf8').on('data', (text: string) => {
        if (!take(text)) end(fail(tooMuch));
      });
    child.on('error', (error) => end(fail({ kind: 'failed', text: error.message })));
    const ended = (code: number | null, by: NodeJS.Signals | null): void => {
      const exit = code ?? 128 + (by === null ? 0 : constants.signals[by]);
      end(ok({ code: exit, stdout: stdout.text(), stderr: stderr.text() }));
    };
    child.on('close', ended);
    if (carrier.staysBehind === true) child.on('exit', (code, by) => code === 0 && ended(code, by));
    // A script that does not read its input may end before it is written.
    child.stdin.on('error', () => undefined).write(carrier.input);
    if (carrier.holdsInput !== true) child.stdin.end();
  });
}

interface Output {
  /** False where it is too much. */
  take(text: string): boolean;
  text(): string;
}

function kept(): Output {
  let all = '';
  return {
    take: (text) => {
      all += text;
      return all.length <= MOST_OUTPUT;
    },
    text: () => all,
  };
}

function lines(onLine: (line: string) => void): Output {
  let rest = '';
  return {
    take: (text) => {
      const whole = (rest + text).split('\n');
      rest = whole.pop() ?? '';
      for (const line of whole) onLine(line);
      return rest.length <= MOST_OUTPUT;
    },
    text: () => '',
  };
}

function after(begins: Carrier['begins'], output: Output): Output {
  if (begins === undefined) return output;
  const line = `${begins.after}\n`;
  let before: string | undefined = '';
  return {
    take: (text) => {
      if (before === undefined) return output.take(text);
      before += text;
      const at = before.indexOf(line);
      if (at < 0) return before.length <= MOST_OUTPUT;
      const rest = before.slice(at + line.length);
      before = undefined;
      begins.onBegin();
      return rest === '' || output.take(rest);
    },
    text: output.text,
  };
}

/** The script and whatever it started; what has put itself into a session of its own stays. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

const notBegun: HostFailure = { kind: 'aborted', text: 'the script was cancelled' };
const cancelled: HostFailure = { ...notBegun, uncertain: true };
const tooMuch: HostFailure = {
  kind: 'failed',
  text: `the script said more than ${MOST_OUTPUT} characters`,
  uncertain: true,
};
/** A script that had not ended in time. */
export const overdue = (ms: number): HostFailure => ({
  kind: 'timeout',
  text: `the script had not ended after ${ms / 1_000} s`,
  uncertain: true,
});
