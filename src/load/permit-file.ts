import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, ok, type Result } from '../model/result.ts';
import { type FileTrouble, fileTrouble } from '../reach/files.ts';

/** Where a permit could be; nothing is there yet. */
export const newPermitFile = (): string =>
  join(tmpdir(), `aftershock-load-${randomBytes(8).toString('hex')}`);

/** Gives a load its permission to send, readable for us only. One that is there already is left as it is. */
export function grantPermit(file: string, whose: string): Result<void, FileTrouble> {
  if (existsSync(file)) return ok(undefined);
  try {
    writeFileSync(file, `${whose} sends as long as this file is here.\n`, { flag: 'wx', mode: 0o600 });
    return ok(undefined);
  } catch (error) {
    return fail(fileTrouble(error));
  }
}

/** Takes the permission away: nothing is sent any more, whatever its process does. Idempotent. */
export function revokePermit(file: string): Result<void, FileTrouble> {
  try {
    rmSync(file, { force: true });
    return ok(undefined);
  } catch (error) {
    return fail(fileTrouble(error));
  }
}

export const isPermitted = (file: string): boolean => existsSync(file);
