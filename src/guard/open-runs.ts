import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SystemUse } from '../model/experiment.ts';
import type { Result } from '../model/result.ts';
import { type FileTrouble, fileTrouble, readText, writeWhole } from '../reach/files.ts';
import { alive, type ProcessIdentity } from './proc.ts';

/** A run that may have left something behind: written before the first injection, removed when all is clean. */
export interface OpenRun extends SystemUse {
  run: string;
  directory: string;
  process: ProcessIdentity;
  title: string;
}

const folder = (home: string): string => join(home, 'open');
const path = (home: string, run: string): string => join(folder(home), `${run}.json`);

export function noteOpen(home: string, entry: OpenRun): Result<void, FileTrouble> {
  return writeWhole(path(home, entry.run), `${JSON.stringify(entry, null, 2)}\n`, 0o600);
}

export function noteClosed(home: string, run: string): void {
  rmSync(path(home, run), { force: true });
}

/** Every run that is alive or was not closed, on this machine, oldest first. */
export function openRuns(home: string): OpenRun[] {
  const runs: OpenRun[] = [];
  for (const name of names(home)) {
    const text = readText(join(folder(home), name));
    const run = text.ok ? parse(text.value) : undefined;
    if (run !== undefined) runs.push(run);
  }
  return runs;
}

/** How its system is reached again. */
export const useOf = ({ kubernetes, hosts }: OpenRun): SystemUse => ({
  ...(kubernetes === undefined ? {} : { kubernetes }),
  ...(hosts === undefined ? {} : { hosts }),
});

export const isAlive = (entry: OpenRun): boolean => alive(entry.process);

/** A file of another kind, or a broken one, must not keep `heal` from the others. */
function parse(text: string): OpenRun | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<OpenRun> | null;
    return typeof parsed?.directory === 'string' && parsed.process !== undefined
      ? (parsed as OpenRun)
      : undefined;
  } catch {
    return undefined;
  }
}

function names(home: string): string[] {
  try {
    mkdirSync(folder(home), { recursive: true, mode: 0o700 });
    return readdirSync(folder(home))
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (error) {
    fileTrouble(error);
    return [];
  }
}
