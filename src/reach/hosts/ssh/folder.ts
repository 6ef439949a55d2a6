import { mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../../model/result.ts';
import { type FileTrouble, fileTrouble } from '../../files.ts';

const NAME = 'aftershock-ssh-';
/**
 * A unix socket's path has at most 107 characters, and ssh first makes one with 17 more behind it. The rest of the
 * path is ours: `/aftershock-ssh-1234567-abcdef/999`.
 */
const LONGEST = 107 - 17 - 36;

let made: string | undefined;

/** A private folder of this process for the sockets of its control masters; it is removed when the process ends. */
export function sshFolder(): Result<string, FileTrouble> {
  if (made !== undefined) return ok(made);
  const [first = '/tmp'] = [process.env['XDG_RUNTIME_DIR'] ?? '', tmpdir(), '/tmp'].filter(
    (path) => path.startsWith('/') && path.length <= LONGEST,
  );
  const parents = new Set([first, '/tmp']);
  let trouble: FileTrouble = { code: 'ENOENT', text: 'there is no folder for temporary files' };
  for (const parent of parents) {
    try {
      removeOld(parent);
      const folder = mkdtempSync(join(parent, `${NAME}${process.pid}-`));
      made = folder;
      process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
      return ok(folder);
    } catch (error) {
      trouble = fileTrouble(error);
    }
  }
  return fail(trouble);
}

/** Removes the folder where nothing uses it any more; the next who needs one makes another. */
export function tidyFolder(): void {
  try {
    if (made !== undefined) rmdirSync(made);
    made = undefined;
  } catch (error) {
    // Another host's connections are in it.
    fileTrouble(error);
  }
}

/** What processes left that were killed. */
function removeOld(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = /^aftershock-ssh-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch (error) {
      // It is somebody else's.
      fileTrouble(error);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return fileTrouble(error).code === 'EPERM';
  }
}
