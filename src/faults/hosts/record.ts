import type { Leftover } from '../../model/contracts/fault.ts';
import type { Host } from '../../model/contracts/world.ts';
import { type Injection, injectionSchema } from '../../model/injection.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { type Exits, runScript, scriptFile } from '../../reach/hosts/script.ts';
import { placedScript } from './place.ts';

const scripts = {
  arm: placedScript(scriptFile(import.meta.dirname, 'note.sh')),
  disarm: placedScript(scriptFile(import.meta.dirname, 'drop.sh')),
  leftovers: placedScript(scriptFile(import.meta.dirname, 'leftovers.sh')),
};

/** The host's disk, or the memory that its /run is made of, took no more. */
export const NOT_WRITTEN = 74;

/** A process whose environment is kept beside the record, for its successor. */
export interface KeptEnvironment {
  pid: number;
  start: string;
}

/** Writes an injection, as JSON with its undo, to the host and sees it there: who finds it can undo it. */
export async function armRecord(
  host: Host,
  { injection, keep }: { injection: Injection; keep?: KeptEnvironment },
  signal: AbortSignal,
): Promise<Result<void>> {
  const record = JSON.stringify(injection);
  const args = [injection.id, String(keep?.pid ?? 0), keep?.start ?? ''];
  const doing = `write the undo of ${injection.id}`;
  const what = { script: scripts.arm, args, stdin: record, doing, code: 'inject-failed', exits: full(host) };
  const ran = await runScript(host, { ...what, code: 'inject-failed' }, signal);
  if (!ran.ok) return ran;
  return ran.value.stdout === record ? ok(undefined) : fail(notThere(host, injection));
}

/** Takes an injection's record off the host. */
export async function disarmRecord(
  host: Host,
  injection: Injection,
  signal: AbortSignal,
): Promise<Result<void>> {
  const doing = `remove the record of ${injection.id}`;
  const what = { script: scripts.disarm, args: [injection.id], doing, exits: full(host) };
  const ran = await runScript(host, { ...what, code: 'undo-failed' }, signal);
  return ran.ok ? ok(undefined) : ran;
}

/** Every injection whose record is on the host, under the name that the host has here. */
export async function recordsOn(host: Host, signal: AbortSignal): Promise<Result<Leftover[]>> {
  const doing = 'read what runs left';
  const what = { script: scripts.leftovers, doing, code: 'system-unreachable' } as const;
  const ran = await runScript(host, what, signal);
  if (!ran.ok) return ran;
  const found: Leftover[] = [];
  let unreadable: Problem | undefined;
  let lock: Lock | undefined;
  let file = '';
  for (const line of ran.value.stdout.split('\n')) {
    if (line.startsWith('@lock ')) lock = lockOf(line);
    else if (line.startsWith('@record ')) file = line.slice('@record '.length);
    else if (line !== '') {
      const injection = readRecord(line);
      if (injection === undefined) unreadable = strange(host, file);
      else found.push(leftover(known(injection, host), lock));
    }
  }
  // What can be healed goes first; the unreadable one is named when it is the only one left.
  return found.length === 0 && unreadable !== undefined ? fail(unreadable) : ok(found);
}

interface Lock {
  run: string;
  renewedAgo_s: number;
  freeIn_s: number;
}

function lockOf(line: string): Lock | undefined {
  const [, ago = '', left = '', run = ''] = /^@lock (-?\d+) (-?\d+) (.+)$/.exec(line) ?? [];
  return Number(left) > 0 ? { run, renewedAgo_s: Number(ago), freeIn_s: Number(left) } : undefined;
}

function leftover(injection: Injection, lock: Lock | undefined): Leftover {
  if (lock?.run !== injection.run) return { injection, fresh: false };
  const { renewedAgo_s, freeIn_s } = lock;
  return { injection, fresh: true, lock: { renewedAgo_s, freeIn_s } };
}

/** The system file of the run may have called this host by another name. */
const known = (injection: Injection, { name }: Host): Injection => ({
  ...injection,
  target: {
    ...injection.target,
    detail: { ...injection.target.detail, host: name },
  },
});

function readRecord(text: string): Injection | undefined {
  try {
    return injectionSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const full = (host: Host): Exits => ({
  [NOT_WRITTEN]: () => ({
    code: 'disk-full',
    message: `The record of what we do cannot be written on the host ${host.name}`,
    fix: 'Free space in the folder of its records (/run/aftershock, or $XDG_RUNTIME_DIR/aftershock).',
  }),
});

const notThere = (host: Host, { id }: Injection): Problem => ({
  code: 'inject-failed',
  message: `The undo of ${id} that we wrote to the host ${host.name} reads back as something else.`,
  fix: 'Look at the file system of its records (/run/aftershock).',
});

const strange = (host: Host, file: string): Problem => ({
  code: 'undo-failed',
  message: `The record ${file} on the host ${host.name} cannot be read.`,
  fix: 'Look at what it names, put it in order by hand, then delete its folder.',
});
