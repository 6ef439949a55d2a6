import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { AnyFault } from '../../model/contracts/fault.ts';
import type { World } from '../../model/contracts/world.ts';
import type { Injection, Target } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { endGroup, startProcess } from '../../reach/hosts/fake-process.ts';
import { localHost } from '../../reach/hosts/local.ts';
import { noHost, worldOf } from '../../reach/world.ts';

export const never = new AbortController().signal;

/** This machine as the host `here`, with a folder for records that the test has for itself. */
export function hereWith(ours: readonly string[] = []): { world: World; records: string } {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-records-'));
  const records = join(folder, 'records');
  const before = process.env['AFTERSHOCK_RUN_DIR'];
  process.env['AFTERSHOCK_RUN_DIR'] = records;
  onTestFinished(() => {
    if (before === undefined) delete process.env['AFTERSHOCK_RUN_DIR'];
    else process.env['AFTERSHOCK_RUN_DIR'] = before;
    for (const pid of watchdogsIn(records)) endGroup(pid);
    rmSync(folder, { recursive: true, force: true });
  });
  const host = localHost('here', ours);
  return {
    world: worldOf({ host: (name) => (name === 'here' ? ok(host) : fail(noHost(name, ['here']))) }),
    records,
  };
}

/** The numbers of the watchdogs that live there. */
export function watchdogsIn(records: string): number[] {
  return namesIn(records).flatMap((id) => {
    try {
      return [Number(readFileSync(join(records, id, 'watching'), 'utf8').split(' ')[0])];
    } catch {
      return [];
    }
  });
}

/** What is in the folder of records, which goes with the last of them. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A shell's script as a process that leads a group of its own, which ends with the test. */
export const started = (script: string, ...args: readonly string[]): ReturnType<typeof startProcess> =>
  startProcess('sh', ['-c', script, ...args]);

/** A word that stands in the command line of a test's own processes only. */
export const newWord = (): string => `word-${process.pid}-${Math.random().toString(36).slice(2)}`;

export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
}

export interface Intent {
  fault: AnyFault;
  target: JsonObject;
  params?: JsonObject;
  lease_s?: number;
}

/** What a run would do up to the journal's first line. */
export async function intend(
  world: World,
  { fault, target, params = {}, lease_s = 30 }: Intent,
): Promise<Injection> {
  const wanted = fault.target.parse(target);
  const { found } = unwrap(await fault.resolve(world, { target: wanted, params }, never));
  const [chosen] = found;
  if (chosen === undefined) throw new Error('nothing was found');
  return { ...(await injectionOf(world, { fault, chosen, params })), lease_s };
}

let made = 0;

async function injectionOf(
  world: World,
  { fault, chosen, params }: { fault: AnyFault; chosen: Target; params: JsonObject },
): Promise<Injection> {
  const prepared = unwrap(await fault.prepare(world, { target: chosen, params }, never));
  made += 1;
  // Tests run side by side, and what a fault starts is found by its injection's name on the whole machine.
  const id = `r.f.${process.pid * 1_000 + made}`;
  const injection = { id, run: 'r', entry: 'f', fault: fault.name, target: chosen, params };
  // As it is after the journal: JSON and nothing else.
  return JSON.parse(JSON.stringify({ ...injection, undo: prepared.undo, deadline_s: 60, lease_s: 30 }));
}

/** Steps of a fault that must succeed, by name. */
export async function take(
  world: World,
  { fault, injection }: { fault: AnyFault; injection: Injection },
  ...steps: readonly ('arm' | 'act' | 'undo' | 'disarm')[]
): Promise<void> {
  for (const step of steps) unwrap((await fault[step]?.(world, injection, never)) ?? ok(undefined));
}

export const looked = (
  world: World,
  { fault, injection }: { fault: AnyFault; injection: Injection },
  what: 'effect' | 'recovered',
) => fault[what](world, injection, never);

export function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  } catch {
    return 'gone';
  }
}

export const becomes = (pid: number, state: string): Promise<void> =>
  expect.poll(() => stateOf(pid), { timeout: 5_000 }).toBe(state);
