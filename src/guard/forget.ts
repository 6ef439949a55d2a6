import type { Injection } from '../model/injection.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { together } from './grounds.ts';
import type { HealOptions } from './heal.ts';
import { appendStep, openInjections } from './journal.ts';
import { isAlive, noteClosed, type OpenRun, useOf } from './open-runs.ts';

export interface ForgetOptions extends Pick<HealOptions, 'home' | 'connect' | 'signal'> {
  /** Told of each injection before it is closed. */
  onForget: (injection: Injection) => void;
}

/**
 * Closes a dead run whose target or system does not exist any more, without undoing anything. Refused while the run
 * lives, and while something that can be reached still bears its mark: that can be undone.
 */
export async function forgetRun(options: ForgetOptions, entry: OpenRun): Promise<Result<void>> {
  if (isAlive(entry)) return fail(lives(entry));
  const reached = await options.connect(useOf(entry));
  if (reached.ok) {
    const { world, grounds } = reached.value;
    const ground = together(grounds);
    const found = await ground.leftovers(world, options.signal);
    const marked = (found.ok ? found.value.found : []).filter(({ injection }) => injection.run === entry.run);
    if (marked.length > 0) return fail(stillThere(entry, marked[0]?.injection.target.name ?? ''));
    await ground.unlock(world, { run: entry.run, lease_s: 0 }, AbortSignal.timeout(10_000));
  }
  for (const { injection } of openInjections(entry.directory)) {
    options.onForget(injection);
    const step = { step: 'closed', injection, evidence: 'forgotten by hand' } as const;
    const written = appendStep(entry.directory, 'heal', step);
    if (!written.ok) return written;
  }
  noteClosed(options.home, entry.run);
  return ok(undefined);
}

function lives(entry: OpenRun): Problem {
  return {
    code: 'usage',
    message: `${entry.run} is alive`,
    fix: `End it with \`aftershock stop ${entry.run}\`.`,
  };
}

function stillThere(entry: OpenRun, target: string): Problem {
  return {
    code: 'undo-failed',
    message: `${target} exists and bears the mark of ${entry.run}: it can be undone`,
    fix: 'Run `aftershock heal`.',
  };
}
