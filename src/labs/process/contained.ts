import { spawn } from 'node:child_process';
import { identifyChild, killGroup, type ProcessIdentity, signalProcess } from './identity.ts';
import type { Reaper } from './reaper.ts';

/** Registers itself with the reaper, then becomes the program: so no program runs that the reaper does not know. */
const REGISTER_THEN_RUN = 'echo $$ >&3; exec "$@" 3>&-';

export interface Program {
  command: string[];
  env: Record<string, string>;
  directory: string;
  /** Where its output goes: a file descriptor, or nowhere. */
  output: number | 'ignore' | 'pipe';
}

export interface Ending {
  /** As a container runtime tells it: 128 + the signal's number where a signal ended it. */
  exitCode: number;
  signal?: NodeJS.Signals;
}

/** A running program in a process group of its own that ends at the latest with the lab. */
export interface Contained {
  readonly identity: ProcessIdentity;
  readonly exited: Promise<Ending>;
  /** What it wrote so far, where `output` is 'pipe'. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL to it and all its children. */
  kill(): void;
}

const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
};

const MOST_OUTPUT = 10_240;

/** Runs a program; one that cannot be found ends with exit code 127, as a shell tells it. */
export function runContained(reaper: Reaper, program: Program): Contained {
  const child = spawn('/bin/sh', ['-c', REGISTER_THEN_RUN, 'sh', ...program.command], {
    cwd: program.directory,
    env: program.env,
    detached: true,
    stdio: ['ignore', program.output, program.output, reaper.registration],
  });
  const pid = child.pid ?? -1;
  const identity = identifyChild(pid);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      if (text.length < MOST_OUTPUT) text += chunk.toString();
    });
  }
  const exited = new Promise<Ending>((resolve) => {
    child.once('error', () => resolve({ exitCode: 128 }));
    child.once('exit', (code, signal) => {
      if (pid > 0) killGroup(identity);
      const exitCode = code ?? 128 + (SIGNAL_NUMBERS[signal ?? 'SIGKILL'] ?? 0);
      resolve({ exitCode, ...(signal === null ? {} : { signal }) });
    });
  });
  return {
    identity,
    exited,
    output: () => text,
    signal: (signal) => void signalProcess(identity, signal),
    kill: () => killGroup(identity),
  };
}
