import { openInjections } from '../../guard/journal.ts';
import { isAlive, type OpenRun, openRuns } from '../../guard/open-runs.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import type { Problem } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { report } from '../failing.ts';
import { home } from '../home.ts';
import { type Terminal, terminal } from '../terminal.ts';

/** How long a run may take to undo and end before `stop` stops waiting, in milliseconds. */
const PATIENCE_MS = 180_000;

/** `aftershock stop [RUN]`: undo now and end. */
export async function stop(run: string | undefined): Promise<ExitCode> {
  const term = terminal();
  const living = openRuns(home()).filter(isAlive);
  const chosen = choose(living, run);
  if ('code' in chosen) return report(term, [chosen]);
  return stopOne(chosen, term);
}

/** Asks a run to undo and end, and waits until it has. */
export async function stopOne(entry: OpenRun, term: Terminal): Promise<ExitCode> {
  term.err(`stopping ${entry.run}: undoing ${openInjections(entry.directory).length} injection(s) …`);
  process.kill(entry.process.pid, 'SIGTERM');
  const patience = AbortSignal.timeout(PATIENCE_MS);
  while (isAlive(entry)) {
    if (patience.aborted) return report(term, [hangs(entry)]);
    await sleep(100, patience);
  }
  const left = openInjections(entry.directory).length;
  if (left > 0) return report(term, [leftBehind(entry, left)]);
  term.out(`${entry.run} has ended; everything it injected is undone`);
  return exitCodes.asPredicted;
}

function choose(living: readonly OpenRun[], run: string | undefined): OpenRun | Problem {
  const matching = run === undefined ? living : living.filter((entry) => entry.run.includes(run));
  const [first, ...others] = matching;
  if (first !== undefined && others.length === 0) return first;
  const names = living.map((entry) => entry.run).join(', ');
  if (first === undefined) {
    return {
      code: 'name-unknown',
      message: run === undefined ? 'no run is alive on this machine' : `no living run is called ${run}`,
      fix:
        living.length > 0
          ? `Alive: ${names}.`
          : 'Nothing to stop. `aftershock heal` undoes what a dead run left behind.',
    };
  }
  return { code: 'usage', message: 'more than one run is alive', fix: `Name one of: ${names}.` };
}

function hangs(entry: OpenRun): Problem {
  return {
    code: 'undo-failed',
    message: `${entry.run} has not ended within ${PATIENCE_MS / 1000} s`,
    fix: `End it with \`kill -9 ${entry.process.pid}\`: its guardian undoes what is left; then run \`aftershock heal\`.`,
  };
}

function leftBehind(entry: OpenRun, count: number): Problem {
  return {
    code: 'undo-failed',
    message: `${entry.run} ended with ${count} injection(s) not undone`,
    fix: 'Run `aftershock heal`.',
  };
}
