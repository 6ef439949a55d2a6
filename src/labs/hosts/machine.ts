import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem, Result } from '../../model/result.ts';
import { type Contained, runContained } from '../process/contained.ts';
import type { Reaper } from '../process/reaper.ts';
import { PATH } from './needs.ts';
import { accelerator, type Image, qemuCommand, type Wiring } from './qemu.ts';
import { type QmpCommand, tellQemu } from './qmp.ts';

/** Where a lab's machines run. */
export interface Ward {
  reaper: Reaper;
  image: Image;
  /** QEMU's own working folder. */
  directory: string;
}

/** Starts a machine's QEMU; its output is in `qemu.log` of the machine's folder. */
export function startQemu({ reaper, image, directory }: Ward, wiring: Wiring): Contained {
  const output = openSync(join(directory, wiring.folder, 'qemu.log'), 'a', 0o600);
  const command = qemuCommand(image, wiring, accelerator());
  const running = runContained(reaper, { command, env: { PATH }, directory, output });
  closeSync(output);
  return running;
}

/**
 * Tells the QEMU of a machine. The path goes by the folder that a process of the lab (`pid`) works in, since the path
 * of a socket has 107 characters at most, and a home may be deep.
 */
export const tellMachine = (
  { pid, name }: { pid: number; name: string },
  commands: readonly QmpCommand[],
  signal: AbortSignal,
): Promise<Result<unknown>> => tellQemu(`/proc/${pid}/cwd/${name}/qmp`, commands, signal);

/** A machine that did not do what it should; with the last words of its QEMU and of its console. */
export function machineProblem(directory: string, name: string, what: string): Problem {
  const tails = ['qemu.log', 'console'].flatMap((file) => lastLines(join(directory, name, file)));
  return {
    code: 'lab-failed',
    message: `the machine ${name} ${what}`,
    ...(tails.length === 0 ? {} : { cause: tails.join(' | ') }),
    fix: 'Start the lab again; on a machine that is very busy, when it is less so.',
  };
}

function lastLines(path: string): string[] {
  try {
    const text = readFileSync(path, 'utf8');
    return text
      .split(/[\r\n]+/)
      .filter((line) => line.trim() !== '')
      .slice(-3);
  } catch {
    return [];
  }
}
