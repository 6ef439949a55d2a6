import type { LockHolder } from '../../model/contracts/fault.ts';
import type { Host } from '../../model/contracts/world.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { runScript, scriptFile } from '../../reach/hosts/script.ts';
import { placedScript } from './place.ts';

const script = placedScript(scriptFile(import.meta.dirname, 'lock.sh'));
/** The kernel's lock on the folder was not free for 5 s. */
const BUSY = 75;

/** Takes the lock of a host, or says who holds it. Its lease counts by the host's own uptime. */
export const takeLock = (host: Host, holder: LockHolder, signal: AbortSignal): Promise<Result<void>> =>
  keep(host, { verb: 'take', holder }, signal);

export const renewLock = (host: Host, holder: LockHolder, signal: AbortSignal): Promise<Result<void>> =>
  keep(host, { verb: 'renew', holder }, signal);

/** Gives it back where it is ours. */
export async function giveLock(host: Host, holder: LockHolder, signal: AbortSignal): Promise<Result<void>> {
  const said = await ask(host, { verb: 'give', holder }, signal);
  return said.ok ? ok(undefined) : said;
}

interface Asked {
  verb: 'take' | 'renew' | 'give';
  holder: LockHolder;
}

async function keep(host: Host, asked: Asked, signal: AbortSignal): Promise<Result<void>> {
  const said = await ask(host, asked, signal);
  if (!said.ok) return said;
  return said.value === 'ours' ? ok(undefined) : fail(lockedBy(host, said.value));
}

async function ask(host: Host, { verb, holder }: Asked, signal: AbortSignal): Promise<Result<string>> {
  const local = host.kind === 'local' ? 'yes' : 'no';
  const args = [verb, holder.run, String(Math.max(1, Math.ceil(holder.lease_s))), local];
  const doing = 'use the lock';
  const exits = { [BUSY]: () => busy(host) };
  const ran = await runScript(host, { script, args, doing, code: 'system-unreachable', exits }, signal);
  return ran.ok ? ok(ran.value.stdout.trim()) : ran;
}

/** @param said `held AGO LEFT LASTS RUN`, in seconds, or `free`. */
function lockedBy(host: Host, said: string): Problem {
  const [, ago, left, lasts, run] = /^held (\d+) (-?\d+) (\d+) (.+)$/.exec(said) ?? [];
  if (run === undefined) {
    return {
      code: 'locked',
      message: `The lock of the host ${host.name} is not ours any more: it was given back or deleted.`,
      fix: 'Start the run again; `aftershock heal` undoes what it left behind.',
    };
  }
  return {
    code: 'locked',
    message: `The run ${run} is breaking the host ${host.name} now; it renewed its lock ${ago} s ago.`,
    fix: `Wait for it, or end it with \`aftershock stop ${run}\` where it was started. A run that is gone loses the lock ${lasts} s after it renewed it last: in ${left} s.`,
  };
}

const busy = (host: Host): Problem => ({
  code: 'system-unreachable',
  message: `The folder of aftershock's records on the host ${host.name} was busy for 5 s.`,
  fix: 'Try again.',
});
