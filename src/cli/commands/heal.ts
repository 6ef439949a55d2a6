import { loadSystem } from '../../files/load.ts';
import { forgetRun } from '../../guard/forget.ts';
import { type Healed, type HealOptions, healLocal, healSystem, nothingHealed } from '../../guard/heal.ts';
import { isAlive, openRuns } from '../../guard/open-runs.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import type { Problem } from '../../model/result.ts';
import { connect } from '../connect.ts';
import { report } from '../failing.ts';
import { home } from '../home.ts';
import { unknownName } from '../names.ts';
import { registries } from '../registries.ts';
import { placeOf } from '../session.ts';
import { type Terminal, terminal } from '../terminal.ts';
import { tellHealed } from '../view/healed.ts';
import { waiting } from '../view/waiting.ts';
import { stopOne } from './stop.ts';

interface Options {
  system?: string;
  all?: boolean;
  forget?: string;
  wait?: string;
}

const HEAL_WITHIN_MS = 600_000;
const FORGET_WITHIN_MS = 30_000;
const PROVE_WITHIN_S = 60;
const MAX_WAIT_S = 86_400;

/** `aftershock heal`: undoes what runs left behind, by the local journals and by our marks on a system. */
export async function heal(options: Options): Promise<ExitCode> {
  const term = terminal();
  if (options.forget !== undefined) return forget(term, options.forget);
  const wait_s = options.wait === undefined ? PROVE_WITHIN_S : Number(options.wait);
  if (!(wait_s > 0 && wait_s <= MAX_WAIT_S)) return report(term, [noWait(options.wait)]);
  if (options.all === true) {
    for (const entry of openRuns(home()).filter(isAlive)) await stopOne(entry, term);
  }
  const healing = healOptions(term, wait_s);
  const local = await healLocal(healing);
  if (options.system === undefined) return tellHealed(term, [local]);
  const remote = await onSystem(options.system, healing, options.all === true);
  if (!Array.isArray(remote)) return tellHealed(term, [local, remote]);
  const exit = tellHealed(term, [local], false);
  const failed = report(term, remote);
  return exit === exitCodes.asPredicted ? failed : exit;
}

function healOptions(term: Terminal, wait_s: number): HealOptions {
  return {
    home: home(),
    faults: new Map(registries.faults.map((fault) => [fault.name, fault])),
    connect,
    proveWithin_ms: wait_s * 1_000,
    onStep: (injection, step) => {
      if (step === 'undoing')
        term.err(`undoing ${injection.fault} on ${injection.target.name} (${injection.id})`);
    },
    onProblem: (problem) =>
      term.err(`trying again: ${problem.message}${problem.cause === undefined ? '' : ` (${problem.cause})`}`),
    onLook: waiting(term.err, wait_s),
    signal: AbortSignal.timeout(HEAL_WITHIN_MS + wait_s * 1_000),
  };
}

/** `aftershock heal --forget RUN`: closes what cannot be undone, because what it changed does not exist any more. */
async function forget(term: Terminal, run: string): Promise<ExitCode> {
  const open = openRuns(home());
  const entry = open.find((one) => one.run === run);
  if (entry === undefined) {
    const names = open.map((one) => one.run);
    return report(term, [unknownName('open run', run, names)]);
  }
  const forgotten = await forgetRun(
    {
      home: home(),
      connect,
      signal: AbortSignal.timeout(FORGET_WITHIN_MS),
      onForget: ({ id, fault, target }) =>
        term.out(`forget  ${target.name}  (${fault}, ${id}): it is not undone, and heal will not try again`),
    },
    entry,
  );
  if (!forgotten.ok) return report(term, [forgotten.problem]);
  term.out(`${run} is closed; its folder is left as it is: ${entry.directory}`);
  return exitCodes.asPredicted;
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
  if (placed.value.use === undefined) return nothingHealed();
  const connected = await connect(placed.value.use);
  return connected.ok ? healSystem(healing, connected.value, all) : [connected.problem];
}

function noWait(given: string | undefined): Problem {
  return {
    code: 'usage',
    message: `--wait ${given} is no number of seconds`,
    fix: `Give a number up to ${MAX_WAIT_S}, such as ${PROVE_WITHIN_S}.`,
  };
}
