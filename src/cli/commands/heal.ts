import { causeLines } from '../../files/explain.ts';
import { loadSystem } from '../../files/load.ts';
import { forgetRun } from '../../guard/forget.ts';
import { type Healed, type HealOptions, healLocal, healSystem } from '../../guard/heal.ts';
import { isAlive, openRuns } from '../../guard/open-runs.ts';
import type { System, SystemUse } from '../../model/experiment.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { parseHost } from '../../reach/hosts/destination.ts';
import { hostsIn } from '../../reach/hosts/open.ts';
import { wholePath } from '../../reach/hosts/ssh/options.ts';
import { connect, reconnect, remembering } from '../connect.ts';
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
  host?: string;
  sshConfig?: string;
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
  const ways = remembering(reconnect);
  try {
    return await healAll(term, options, { ...healOptions(term, wait_s), connect: ways.connect });
  } finally {
    await ways.close();
  }
}

async function healAll(term: Terminal, options: Options, healing: HealOptions): Promise<ExitCode> {
  const local = await healLocal(healing);
  if (options.system === undefined && options.host === undefined) return tellHealed(term, [local]);
  const remote = await byMarks(options, healing);
  if (!Array.isArray(remote)) return tellHealed(term, [local, remote]);
  const exit = tellHealed(term, [local], false);
  const failed = report(term, remote);
  return exit === exitCodes.asPredicted ? failed : exit;
}

function healOptions(term: Terminal, wait_s: number): Omit<HealOptions, 'connect'> {
  return {
    home: home(),
    faults: new Map(registries.faults.map((fault) => [fault.name, fault])),
    proveWithin_ms: wait_s * 1_000,
    // A short wait for the proof must not cut off the undo itself.
    undoWithin_ms: Math.max(wait_s, PROVE_WITHIN_S) * 1_000,
    onStep: (injection, step) => {
      if (step === 'undoing')
        term.err(`undoing ${injection.fault} on ${injection.target.name} (${injection.id})`);
    },
    onProblem: (problem) => {
      const cause = causeLines(problem).join('; ');
      term.err(`trying again: ${problem.message}${cause === '' ? '' : ` (${cause})`}`);
    },
    onLook: waiting(term.err, wait_s),
    signal: AbortSignal.timeout(HEAL_WITHIN_MS + wait_s * 1_000),
  };
}

const nothingOpen = (run: string): Problem => ({
  code: 'name-unknown',
  message: `there is no open run ${run}, nor any other`,
  fix: 'Nothing has to be forgotten: whatever runs on this machine had injected is undone.',
});

/** `aftershock heal --forget RUN`: closes what cannot be undone, because what it changed does not exist any more. */
async function forget(term: Terminal, run: string): Promise<ExitCode> {
  const open = openRuns(home());
  const entry = open.find((one) => one.run === run);
  if (entry === undefined) {
    const names = open.map((one) => one.run);
    return report(term, [names.length === 0 ? nothingOpen(run) : unknownName('open run', run, names)]);
  }
  const ways = remembering(connect);
  const forgotten = await forgetRun(
    {
      home: home(),
      connect: ways.connect,
      signal: AbortSignal.timeout(FORGET_WITHIN_MS),
      onForget: ({ id, fault, target }) =>
        term.out(`forget  ${target.name}  (${fault}, ${id}): it is not undone, and heal will not try again`),
    },
    entry,
  );
  await ways.close();
  if (!forgotten.ok) return report(term, [forgotten.problem]);
  term.out(`${run} is closed; its folder is left as it is: ${entry.directory}`);
  return exitCodes.asPredicted;
}

/** By what runs left on a system itself, or on one host. */
async function byMarks(options: Options, healing: HealOptions): Promise<Healed | Problem[]> {
  const loaded =
    options.system === undefined
      ? undefined
      : loadSystem({ file: options.system, registries, env: process.env });
  if (loaded?.ok === false) return loaded.problem;
  const use = await useOf(options, loaded?.value.system, healing.signal);
  if (!use.ok) return [use.problem];
  const connected = await connect(use.value);
  if (!connected.ok) return [connected.problem];
  try {
    return await healSystem(healing, connected.value, options.all === true);
  } finally {
    await connected.value.close();
  }
}

async function useOf(
  { host, sshConfig, system: file = '' }: Options,
  system: System | undefined,
  signal: AbortSignal,
): Promise<Result<SystemUse>> {
  if (host !== undefined || system === undefined) return hostUse(host ?? '', { system, sshConfig });
  const placed = await placeOf(system, { file, startLab: false, onProgress: () => undefined, signal });
  return placed.ok ? ok(placed.value.use) : placed;
}

/** One host: by its name in the system file, else as this machine, a network namespace of it, or an ssh destination. */
function hostUse(
  name: string,
  { system, sshConfig }: { system: System | undefined; sshConfig: string | undefined },
): Result<SystemUse> {
  const known = system === undefined ? {} : hostsIn(system.file, system.hosts ?? {});
  const named = known[name];
  if (named !== undefined) return ok({ hosts: { [name]: named } });
  // With a system file a name without a dot that it does not have is rather a slip than another machine.
  if (system !== undefined && name !== 'here' && /^[\w-]+$/.test(name)) {
    return fail(unknownName('host', name, Object.keys(known)));
  }
  const parsed = parseHost(name);
  if (!parsed.ok) return fail(noHostCalled(name, parsed.problem));
  const use = parsed.value;
  const config = sshConfig === undefined || use.kind !== 'ssh' ? {} : { config: wholePath(sshConfig) };
  return ok({ hosts: { [name]: { ...use, ...config } } });
}

const noHostCalled = (name: string, expected: string): Problem => ({
  code: 'usage',
  message: `--host ${name} names no host`,
  found: name,
  expected: `here, a host of --system FILE, netns:NAME, or ${expected}`,
  fix: 'Write one of them.',
});

function noWait(given: string | undefined): Problem {
  return {
    code: 'usage',
    message: `--wait ${given} is no number of seconds`,
    fix: `Give a number up to ${MAX_WAIT_S}, such as ${PROVE_WITHIN_S}.`,
  };
}
