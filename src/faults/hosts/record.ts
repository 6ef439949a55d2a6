import type { Leftover, Leftovers } from '../../model/contracts/fault.ts';
import type { Host } from '../../model/contracts/world.ts';
import { type Injection, injectionSchema } from '../../model/injection.ts';
import { ok, type Problem, type Result } from '../../model/result.ts';
import { runScript, scriptFile } from '../../reach/hosts/script.ts';
import { placedScript } from './place.ts';

const leftoversScript = placedScript(scriptFile(import.meta.dirname, 'leftovers.sh'));

/** Every injection whose record is on the host, and what cannot be read of them, under the name that the host has here. */
export async function recordsOn(host: Host, signal: AbortSignal): Promise<Result<Leftovers>> {
  const doing = 'read what runs left';
  const what = { script: leftoversScript, doing, code: 'system-unreachable' } as const;
  const ran = await runScript(host, what, signal);
  if (!ran.ok) return ran;
  const found: Leftover[] = [];
  const unreadable: Problem[] = [];
  let lock: Lock | undefined;
  let file = '';
  for (const line of ran.value.stdout.split('\n')) {
    if (line.startsWith('@lock ')) lock = lockOf(line);
    else if (line.startsWith('@record ')) file = line.slice('@record '.length);
    else if (line !== '') {
      const injection = readRecord(line);
      if (injection === undefined) unreadable.push(strange(host, file));
      else found.push(leftover(known(injection, host), lock));
    }
  }
  return ok({ found, unreadable });
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

const strange = (host: Host, file: string): Problem => ({
  code: 'undo-failed',
  message: `The record ${file} on the host ${host.name} cannot be read.`,
  fix: 'Look at what it names, put it in order by hand, then delete its folder.',
});
