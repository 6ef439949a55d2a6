import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { fail, ok, type Result } from '../model/result.ts';

/** Why a file could not be read or written: the errno word (ENOENT, EACCES, ENOSPC …) and its text. */
export interface FileTrouble {
  code: string;
  text: string;
}

/** What an exception of node:fs says; anything that is not one is a bug and goes on. */
export function fileTrouble(error: unknown): FileTrouble {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return { code: error.code, text: error.message };
  }
  throw error;
}

export function readText(path: string): Result<string, FileTrouble> {
  try {
    return ok(readFileSync(path, 'utf8'));
  } catch (error) {
    return fail(fileTrouble(error));
  }
}

/** Writes a file as a whole: readers see the old text or the new one, also after a crash (temporary, fsync, rename). */
export function writeWhole(path: string, text: string, mode = 0o644): Result<void, FileTrouble> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(temporary, 'w', mode);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    return ok(undefined);
  } catch (error) {
    removeQuietly(temporary);
    return fail(fileTrouble(error));
  }
}

/** What cannot be removed (its folder is no folder) was never there: the trouble that led here is the one to tell. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    fileTrouble(error);
  }
}
