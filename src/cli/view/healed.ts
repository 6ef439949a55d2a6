import type { Healed } from '../../guard/heal.ts';
import type { Leftover } from '../../model/contracts/fault.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { report } from '../failing.ts';
import type { Terminal } from '../terminal.ts';

type Screen = Pick<Terminal, 'out' | 'err' | 'errColor'>;

/**
 * Prints what heal did and left alone. Code 5 where something is still broken, unless a run holds it that is alive on
 * this machine.
 */
export function tellHealed(term: Screen, parts: readonly Healed[], complete = true): ExitCode {
  const clean = parts.flatMap((part) => part.clean);
  const living = countByRun(parts);
  const unsure = parts.flatMap((part) => part.unsure);
  const failed = parts.flatMap((part) => part.failed);
  for (const injection of clean)
    term.out(`clean   ${injection.target.name}  (${injection.fault}, ${injection.id})`);
  for (const [run, injections] of living) {
    term.out(
      `alive   ${run} holds ${injections} injection(s); end it with \`aftershock stop ${run}\`, or \`heal --all\``,
    );
  }
  for (const left of unsure) term.out(leftText(left));
  const problems = failed.map((one) => one.problem);
  const exit = problems.length > 0 ? report(term, problems) : exitCodes.asPredicted;
  if (unsure.length > 0 || problems.some(({ code }) => code === 'undo-failed')) return exitCodes.unrecovered;
  if (complete && failed.length === 0 && clean.length === 0 && living.size === 0)
    term.out('nothing was left behind');
  return exit;
}

/** A run that is alive is in the journals of this machine and on the system: the larger number holds all. */
function countByRun(parts: readonly Healed[]): Map<string, number> {
  const living = new Map<string, number>();
  for (const part of parts) {
    const here = new Map<string, number>();
    for (const { run, injections } of part.living) here.set(run, (here.get(run) ?? 0) + injections);
    for (const [run, count] of here) living.set(run, Math.max(count, living.get(run) ?? 0));
  }
  return living;
}

function leftText({ injection, lock }: Leftover): string {
  const { id, run, target } = injection;
  const why =
    lock === undefined
      ? 'its lock cannot be read, so it may be alive; see that it is not, then run `heal --all`'
      : `its lock is fresh (renewed ${lock.renewedAgo_s.toFixed(0)} s ago): it lives on another machine, or died just now; ` +
        `run heal again in ${Math.ceil(lock.freeIn_s)} s, or \`heal --all\``;
  return `left    ${target.name}  (${id}) is held by ${run}: ${why}`;
}
