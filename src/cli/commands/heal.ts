import { loadSystem } from '../../files/load.ts';
import { type Healed, type HealOptions, healLocal, healSystem } from '../../guard/heal.ts';
import { isAlive, openRuns } from '../../guard/open-runs.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import type { Problem } from '../../model/result.ts';
import { connect } from '../connect.ts';
import { report } from '../failing.ts';
import { home } from '../home.ts';
import { registries } from '../registries.ts';
import { placeOf } from '../session.ts';
import { type Terminal, terminal } from '../terminal.ts';
import { stopOne } from './stop.ts';

interface Options {
  system?: string;
  all?: boolean;
}

const HEAL_WITHIN_MS = 600_000;
const PROVE_WITHIN_MS = 300_000;

/** `aftershock heal`: undoes what runs left behind, by the local journals and by our marks on a system. */
export async function heal(options: Options): Promise<ExitCode> {
  const term = terminal();
  if (options.all === true) {
    for (const entry of openRuns(home()).filter(isAlive)) await stopOne(entry, term);
  }
  const healing = healOptions(term);
  const local = await healLocal(healing);
  if (options.system === undefined) return tell(term, [local]);
  const remote = await onSystem(options.system, healing, options.all === true);
  return Array.isArray(remote) ? report(term, remote) : tell(term, [local, remote]);
}

function healOptions(term: Terminal): HealOptions {
  return {
    home: home(),
    faults: new Map(registries.faults.map((fault) => [fault.name, fault])),
    connect,
    proveWithin_ms: PROVE_WITHIN_MS,
    onStep: (injection, step) => {
      if (step === 'undoing')
        term.err(`undoing ${injection.fault} on ${injection.target.name} (${injection.id})`);
    },
    onProblem: (problem) =>
      term.err(`trying again: ${problem.message}${problem.cause === undefined ? '' : ` (${problem.cause})`}`),
    signal: AbortSignal.timeout(HEAL_WITHIN_MS),
  };
}

async function onSystem(file: string, healing: HealOptions, all: boolean): Promise<Healed | Problem[]> {
  const loaded = loadSystem({ file, registries, env: process.env });
  if (!loaded.ok) return loaded.problem;
  const placed = await placeOf(loaded.value.system, {
    file,
    startLab: false,
    onProgress: () => undefined,
    signal: healing.signal,
  });
  if (!placed.ok) return [placed.problem];
  if (placed.value.use === undefined) return { clean: [], living: [], failed: [] };
  const connected = await connect(placed.value.use);
  return connected.ok ? healSystem(healing, connected.value, all) : [connected.problem];
}

function tell(term: Terminal, parts: readonly Healed[]): ExitCode {
  const clean = parts.flatMap((part) => part.clean);
  const living = new Map(parts.flatMap((part) => part.living).map((one) => [one.run, one.injections]));
  const failed = parts.flatMap((part) => part.failed);
  for (const injection of clean)
    term.out(`clean   ${injection.target.name}  (${injection.fault}, ${injection.id})`);
  for (const [run, injections] of living) {
    term.out(
      `alive   ${run} holds ${injections} injection(s); end it with \`aftershock stop ${run}\`, or \`heal --all\``,
    );
  }
  if (failed.length > 0)
    return report(
      term,
      failed.map((one) => one.problem),
    );
  if (clean.length === 0 && living.size === 0) term.out('nothing was left behind');
  return exitCodes.asPredicted;
}
