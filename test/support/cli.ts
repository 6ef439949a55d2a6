import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

export const root = resolve(import.meta.dirname, '../..');
const bin = join(root, 'bin/aftershock');

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  child: ChildProcess;
  pid: number;
  finished: Promise<Finished>;
  /** What was printed so far. */
  output: () => string;
}

/** A folder of its own for one test (runs, AFTERSHOCK_HOME), gone afterwards. */
export function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'aftershock-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface Where {
  home: string;
  cwd?: string;
  env?: Record<string, string>;
  /** What it reads on standard input; nothing unless told. */
  input?: string;
}

/** Starts the real command line as a user would, in a process of its own. */
export function start(args: readonly string[], where: Where): Started {
  const child = spawn(bin, args, {
    cwd: where.cwd ?? where.home,
    env: { ...process.env, NO_COLOR: '1', AFTERSHOCK_HOME: where.home, ...where.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // It may end before it has read what is there for it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(where.input ?? '');
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = new Promise<Finished>((done, failed) => {
    child.on('error', failed);
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
  return { child, pid: child.pid ?? -1, finished, output: () => stdout + stderr };
}

/** Runs the command line to its end. */
export const run = (args: readonly string[], where: Where): Promise<Finished> => start(args, where).finished;
