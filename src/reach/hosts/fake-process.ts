import { type ChildProcess, spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** A process that leads a group of its own, which ends with the test. */
export function startProcess(command: string, args: readonly string[]): ChildProcess & { pid: number } {
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  const pid = child.pid ?? -1;
  onTestFinished(() => endGroup(pid));
  return Object.assign(child, { pid });
}

export function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
