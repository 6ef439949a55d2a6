import type { GuardSession } from '../guard/session.ts';
import { injectionSteps } from '../model/injection.ts';

/**
 * A drill: with `AFTERSHOCK_FREEZE_AT=<step>` the process stops itself (SIGSTOP) right after that step is in the
 * journal and before the act that follows, so that somebody can kill it there. The crash test does, at every step.
 */
export function freezing(guard: GuardSession, env: NodeJS.ProcessEnv): GuardSession {
  const at = injectionSteps.find((step) => step === env['AFTERSHOCK_FREEZE_AT']);
  if (at === undefined) return guard;
  return {
    ...guard,
    journal: (step, injection, evidence) => {
      const written = guard.journal(step, injection, evidence);
      if (step === at) process.kill(process.pid, 'SIGSTOP');
      return written;
    },
  };
}
