import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { claim } from '../state.ts';
import type { Making } from './image.ts';

const LOOK_MS = 250;

/**
 * A folder that is made once, by whoever comes first, however many want it at the same time: it is made under another
 * name, and there is nothing half made under its own.
 */
export async function once(
  folder: string,
  { progress, signal }: Making,
  make: (work: string) => Promise<Result<void>>,
): Promise<Result<string>> {
  const work = `${folder}.new`;
  let told = false;
  while (!signal.aborted) {
    if (existsSync(folder)) return ok(folder);
    mkdirSync(work, { recursive: true, mode: 0o700 });
    const mine = await claim(work);
    if (mine !== undefined) {
      try {
        if (existsSync(folder)) rmSync(work, { recursive: true, force: true });
        else {
          const made = await make(work);
          if (!made.ok) return made;
          rmSync(join(work, 'claim.json'), { force: true });
          renameSync(work, folder);
        }
        return ok(folder);
      } finally {
        mine.release();
      }
    }
    if (!told) progress(`another lab is making ${folder}; waiting for it`);
    told = true;
    await sleep(LOOK_MS, signal);
  }
  return fail(interrupted);
}

const interrupted: Problem = {
  code: 'lab-failed',
  message: 'the lab was told to end before its machines were up',
  fix: 'Start it again.',
};
