import { homedir } from 'node:os';
import { join, sep } from 'node:path';
import type { Problem } from '../model/result.ts';

/** Where aftershock keeps what outlives a run: open runs and labs. `AFTERSHOCK_HOME`, or XDG's state folder. */
export function home(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['AFTERSHOCK_HOME'];
  if (own !== undefined && own !== '') return own;
  const state = env['XDG_STATE_HOME'];
  return join(state !== undefined && state !== '' ? state : join(homedir(), '.local', 'state'), 'aftershock');
}

const NOT_OURS = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST']);

/** What to say of an error of the file system in our own folder: somebody has to make room there, and it is no bug. */
export function homeProblem(error: unknown, folder = home()): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined || !NOT_OURS.has(code) || path === undefined) return undefined;
  if (path !== folder && !path.startsWith(`${folder}${sep}`)) return undefined;
  return {
    code: 'disk-full',
    message: `${folder}, where aftershock keeps open runs and labs, cannot be written (${code})`,
    fix: 'Make it writable, or name another folder in AFTERSHOCK_HOME.',
    cause: error.message,
  };
}
