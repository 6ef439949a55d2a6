import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../model/result.ts';
import { type FileTrouble, fileTrouble } from '../../reach/files.ts';

/** Enough for the rest of a run's marks, its result, and a report. In bytes. */
const RESERVE = 2 * 2 ** 20;

/** Disk space held back, to be given free when there is no more. */
export interface Reserve {
  free(): void;
}

/**
 * Holds space where the recording lies, so that on a full disk the run's end and its undo can still be written. The
 * file has no name any more: the space is given free by a killed process, too.
 */
export function holdReserve(directory: string): Result<Reserve, FileTrouble> {
  const path = join(directory, '.reserve');
  let file: number | undefined;
  const free = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  try {
    file = openSync(path, 'wx', 0o600);
    // Random, because some file systems do not store what is all the same.
    writeFileSync(file, randomFillSync(Buffer.alloc(RESERVE)));
    rmSync(path);
    return ok({ free });
  } catch (error) {
    const trouble = fileTrouble(error);
    free();
    rmSync(path, { force: true });
    return fail(trouble);
  }
}
