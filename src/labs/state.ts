import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Lab, LabOptions, LabState } from './lab.ts';
import { identifyChild, isAlive, type ProcessIdentity } from './process/identity.ts';

/** A lab by its name, and where its first service listens unless told. */
export type LabId = Pick<Lab, 'name' | 'port'>;

/** Where a lab keeps its state. */
export const labDirectory = (lab: LabId, { home, port = lab.port }: LabOptions): string =>
  join(home, 'labs', port === lab.port ? lab.name : `${lab.name}-${port}`);

/** The ports of a lab's instances whose folder is there: up, on their way, or left behind by a crash. */
export function portsOf(lab: LabId, home: string): number[] {
  return list(join(home, 'labs'))
    .flatMap((name) => {
      if (name === lab.name) return [lab.port];
      const digits = name.startsWith(`${lab.name}-`) ? name.slice(lab.name.length + 1) : '';
      return /^\d+$/.test(digits) ? [Number(digits)] : [];
    })
    .sort((a, b) => a - b);
}

const files = (directory: string) => ({
  state: join(directory, 'state.json'),
  claim: join(directory, 'claim.json'),
  processes: join(directory, 'processes.json'),
  owners: join(directory, 'owners'),
});

/**
 * Takes a lab's directory for this process, until it ends or lets go; undefined where another one has it. The lock is
 * a socket in Linux' abstract namespace: the kernel gives it to one only, and frees it however that one ends.
 */
export async function claim(directory: string): Promise<{ release(): void } | undefined> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const name = createHash('sha256').update(realpathSync(directory)).digest('hex');
  const lock = createServer();
  const mine = await new Promise<boolean>((resolve) => {
    lock.once('error', () => resolve(false));
    lock.listen(`\0aftershock-lab-${name}`, () => resolve(true));
  });
  if (!mine) return undefined;
  writeJson(files(directory).claim, identifyChild(process.pid));
  return { release: () => void lock.close() };
}

/** Who starts or runs the lab now, whether it works already or not. */
export function holderOf(directory: string): ProcessIdentity | undefined {
  const holder = readJson<ProcessIdentity>(files(directory).claim);
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

export const writeState = (directory: string, state: LabState): void =>
  writeJson(files(directory).state, state);

/** The state of a lab that works; undefined where its process is gone, whatever files it left. */
export function readState(directory: string): LabState | undefined {
  const state = readJson<LabState>(files(directory).state);
  // One that an older version started has no settings.
  return state !== undefined && isAlive(state) ? { ...state, settings: state.settings ?? {} } : undefined;
}

/** Notes which processes of pods run, so that they can be found should the lab and its reaper be killed. */
export const writeProcesses = (directory: string, processes: ProcessIdentity[]): void =>
  writeJson(files(directory).processes, processes);

export const readProcesses = (directory: string): ProcessIdentity[] =>
  readJson<ProcessIdentity[]>(files(directory).processes) ?? [];

/** Notes that somebody needs the lab: a process, or (undefined) a person who will take it down. */
export function addOwner(directory: string, owner: ProcessIdentity | undefined): void {
  const path = files(directory).owners;
  mkdirSync(path, { recursive: true, mode: 0o700 });
  writeFileSync(join(path, owner === undefined ? 'kept' : nameOf(owner)), '');
}

const nameOf = (owner: ProcessIdentity): string => `${owner.pid}-${owner.startTime}`;

/** Takes an owner off, unless it is the last one: whether it is. (Without any, a lab would be wanted for ever.) */
export function removeOwner(directory: string, owner: ProcessIdentity): boolean {
  const path = files(directory).owners;
  if (list(path).every((name) => name === nameOf(owner))) return true;
  rmSync(join(path, nameOf(owner)), { force: true });
  return false;
}

/** Whether anybody still needs the lab, `besides` set aside. */
export function isWanted(directory: string, besides?: ProcessIdentity): boolean {
  const names = list(files(directory).owners);
  if (names.length === 0 || names.includes('kept')) return true;
  const own = besides === undefined ? undefined : nameOf(besides);
  return names.some((name) => {
    if (name === own) return false;
    const [pid, startTime = ''] = name.split('-');
    return isAlive({ pid: Number(pid), startTime });
  });
}

export const removeDirectory = (directory: string): void =>
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Undefined where there is no such file, or it was cut short by a crash. */
function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, JSON.stringify(value, null, 2), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
