import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Host, HostFailure, HostRan, HostScript } from '../../model/contracts/world.ts';
import { fail, ok, type Result } from '../../model/result.ts';

const DEADLINE_MS = 10_000;
/** What a script may say in all, in characters; more is no answer to anything we ask. */
const MOST_OUTPUT = 32 * 1024 * 1024;

/** This machine as a host: scripts run as children, each in a process group (and session) of its own. */
export function localHost(name: string, ours: readonly string[]): Host {
  return { name, kind: 'local', ours, run };
}

type Ran = Result<HostRan, HostFailure>;

function run(given: HostScript, signal: AbortSignal): Promise<Ran> {
  const { script, args = [], stdin = '', deadline_ms = DEADLINE_MS, onLine } = given;
  if (signal.aborted) return Promise.resolve(fail(aborted));
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', script, 'sh', ...args], { cwd: '/', detached: true, stdio: 'pipe' });
    const stdout = onLine === undefined ? kept() : lines(onLine);
    const stderr = kept();
    const end = (ran: Ran): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (!ran.ok) killGroup(child.pid);
      resolve(ran);
    };
    const timer = Number.isFinite(deadline_ms)
      ? setTimeout(() => end(fail(timeout(deadline_ms))), deadline_ms)
      : undefined;
    const onAbort = (): void => end(fail(aborted));
    signal.addEventListener('abort', onAbort, { once: true });
    for (const [stream, take] of [[child.stdout, stdout.take] as const, [child.stderr, stderr.take] as const])
      stream.setEncoding('utf8').on('data', (text: string) => {
        if (!take(text)) end(fail(tooMuch));
      });
    child.on('error', (error) => end(fail({ kind: 'failed', text: error.message })));
    child.on('close', (code, by) =>
      end(
        ok({
          code: code ?? 128 + (by === null ? 0 : constants.signals[by]),
          stdout: stdout.text(),
          stderr: stderr.text(),
        }),
      ),
    );
    // A script that does not read its input may end before it is written.
    child.stdin.on('error', () => undefined).end(stdin);
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

/** The script and whatever it started; what has put itself into a session of its own stays. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

const aborted: HostFailure = { kind: 'aborted', text: 'the script was cancelled' };
const tooMuch: HostFailure = { kind: 'failed', text: `the script said more than ${MOST_OUTPUT} characters` };
const timeout = (ms: number): HostFailure => ({
  kind: 'timeout',
  text: `the script had not ended after ${ms / 1_000} s`,
});
