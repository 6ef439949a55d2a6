import { compile } from '../judge/expression/compile.ts';
import { environmentOf } from '../judge/expression/environment.ts';
import type { AnyFault, Candidates, Prepared } from '../model/contracts/fault.ts';
import type { AnySignal } from '../model/contracts/signal.ts';
import type { Random, World } from '../model/contracts/world.ts';
import type { Experiment, FaultEntry } from '../model/experiment.ts';
import type { Target } from '../model/injection.ts';
import type { PlannedFault, RunPlan } from '../model/plan.ts';
import { fail, gather, ok, type Problem, type Result } from '../model/result.ts';
import { formatDuration } from '../model/units.ts';
import type { Loaded } from './load.ts';
import { chooseTargets, pickPurpose } from './planning/choose.ts';
import { limitProblems, radiusOf } from './planning/limits.ts';
import { protectedProblems } from './planning/protect.ts';
import { type Schedule, scheduleOf } from './planning/schedule.ts';

export interface PlanOptions {
  world: World;
  faults: readonly AnyFault[];
  seed: string;
  /** Where given, the rights and reachability of what is watched are looked at too. */
  signals?: readonly AnySignal[];
  /** The stream of chance for a purpose, by the seed. */
  random: (purpose: string) => Random;
  versions: Readonly<Record<string, string>>;
  /** Where the system is, in words. */
  where: string;
}

/** Looking at the system may take this long for each entry, in milliseconds. */
const LOOK_WITHIN_MS = 30_000;

/**
 * Finds, draws and prepares the targets of every entry and holds them against the system's limits; reads only. All
 * that is in the way comes back at once.
 */
export async function planRun(
  loaded: Loaded,
  options: PlanOptions,
  signal: AbortSignal,
): Promise<Result<RunPlan, Problem[]>> {
  const { experiment, system } = loaded;
  const schedule = scheduled(experiment, options.faults);
  const context: Context = { loaded, options, schedule, signal };
  const watching = checkSignals(context);
  const entries = gather(await Promise.all(experiment.faults.map((entry) => planEntry(context, entry))));
  const reaches = entries.values.map(({ entry, planned }) => ({ entry, radius: planned.radius }));
  const problems = [
    ...entries.problems.flat(),
    ...limitProblems(reaches, system.limits),
    ...(await watching),
  ];
  if (problems.length > 0) return fail(distinct(problems));
  return ok({
    version: 1,
    seed: options.seed,
    experiment,
    system: {
      file: system.file,
      name: system.name,
      where: options.where,
      limits: system.limits,
      ...(system.slo === undefined ? {} : { slo: system.slo }),
      ...(system.monitoring === undefined ? {} : { monitoring: system.monitoring }),
    },
    signals: loaded.signals,
    watched: loaded.watched,
    faults: entries.values.map(({ planned }) => planned),
    total_s: totalOf(loaded, schedule),
    versions: options.versions,
  });
}

interface Context {
  loaded: Loaded;
  options: PlanOptions;
  schedule: Schedule;
  signal: AbortSignal;
}

async function checkSignals({ loaded, options, signal }: Context): Promise<Problem[]> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(LOOK_WITHIN_MS)]);
  const checks = loaded.system.signals.map(({ kind, config }) =>
    options.signals?.find((one) => one.kind === kind)?.check?.(options.world, config, within),
  );
  return gather((await Promise.all(checks)).filter((checked) => checked !== undefined)).problems;
}

interface PlannedEntry {
  entry: FaultEntry;
  planned: PlannedFault;
}

/** Expected seconds of a run, without an extended recovery; known before the system is reached. */
export const expectedSeconds = (loaded: Loaded, faults: readonly AnyFault[]): number =>
  totalOf(loaded, scheduled(loaded.experiment, faults));

const scheduled = (experiment: Experiment, faults: readonly AnyFault[]): Schedule =>
  scheduleOf(experiment.faults, {
    hold_s: experiment.timing.hold,
    isInstant: (entry) => faults.find(({ name }) => name === entry.fault)?.duration === 'instant',
  });

async function planEntry(context: Context, entry: FaultEntry): Promise<Result<PlannedEntry, Problem[]>> {
  const { options, loaded } = context;
  const fault = options.faults.find(({ name }) => name === entry.fault);
  if (fault === undefined) return fail([unknownFault(entry)]);
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(LOOK_WITHIN_MS)]);
  const placed = (problem: Problem): Problem => ({ ...problem, at: problem.at ?? entry.at });
  const wanted = { target: entry.target, params: entry.params };
  const candidates = await fault.resolve(options.world, wanted, signal);
  if (!candidates.ok) return fail([placed(candidates.problem)]);
  const refused = protectedProblems(entry, candidates.value, loaded.system.limits);
  const chosen = chooseTargets(entry, candidates.value, options.random(pickPurpose(entry)));
  if (!chosen.ok) return fail([...refused, chosen.problem]);
  if (refused.length > 0) return fail(refused);
  const looks = chosen.value.map((target) =>
    fault.prepare(options.world, { target, params: entry.params }, signal),
  );
  const prepared = gather(await Promise.all(looks));
  if (prepared.problems.length > 0) return fail(prepared.problems.map(placed));
  const found: Found = {
    fault,
    candidates: candidates.value,
    targets: chosen.value,
    prepared: prepared.values,
  };
  return ok({ entry, planned: plannedFault(context, entry, found) });
}

interface Found {
  fault: AnyFault;
  candidates: Candidates;
  targets: readonly Target[];
  prepared: readonly Prepared[];
}

function plannedFault(context: Context, entry: FaultEntry, found: Found): PlannedFault {
  const { fault, candidates, targets, prepared } = found;
  const held_s = heldFor(context.schedule, entry, fault);
  const cuts = prepared.some(({ cutsControlPath }) => cutsControlPath === true);
  const notes = prepared.flatMap((one) => one.notes ?? []);
  return {
    entry: entry.id,
    fault: entry.fault,
    targets,
    possible: candidates.possible ?? [],
    when: whenText(entry),
    ...(held_s === undefined ? {} : { for_s: held_s }),
    does: prepared.flatMap(({ does }) => does),
    undoes: prepared.flatMap(({ undoes }) => undoes),
    notes: [
      ...new Set([...notes, ...(cuts ? [cutNote(held_s ?? context.loaded.system.limits.duration_s)] : [])]),
    ],
    guarantee: [...new Set(prepared.map((one) => one.guarantee ?? fault.guarantee))].join(' '),
    radius: radiusOf(targets.length, candidates),
  };
}

const cutNote = (held_s: number): string =>
  `This can cut our own way to the target, so its lease cannot be renewed and is its deadline: if this run is lost, ` +
  `the undo comes after ${formatDuration(held_s)} and a margin, not sooner.`;

/** How long it is held: what the file says, or what follows from the other entries; nothing for an instant fault. */
function heldFor({ entries }: Schedule, entry: FaultEntry, fault: AnyFault): number | undefined {
  if (entry.for_s !== undefined) return entry.for_s;
  const times = entries.find(({ id }) => id === entry.id);
  return fault.duration === 'instant' || times === undefined ? undefined : times.end_s - times.start_s;
}

/** `at 20s`, `after kill.undone, until … (at most 60s)`. */
function whenText({ start, until }: FaultEntry): string {
  const condition =
    until === undefined
      ? ''
      : `until ${until.condition.text.trim()} (at most ${formatDuration(until.within_s)})`;
  if (start.on === 'begin') return condition === '' ? 'at once' : condition;
  const begin = start.on === 'time' ? `at ${formatDuration(start.at_s)}` : afterText(start);
  return condition === '' ? begin : `${begin}, ${condition}`;
}

const afterText = ({ on, of }: { on: 'effect' | 'undone'; of: string }): string =>
  `after ${of}${on === 'undone' ? '.undone' : ''}`;

/** Baseline, faults, and then `watch`, or longer where a prediction names a longer time. */
function totalOf({ experiment, signals }: Loaded, schedule: Schedule): number {
  const environment = environmentOf(signals);
  const longest = experiment.predict.map(({ expect }) => {
    const compiled = compile(expect.text, environment);
    return compiled.ok ? (compiled.value.longestTime_s ?? 0) : 0;
  });
  const { baseline, watch } = experiment.timing;
  const watched = schedule.first_s + Math.max(0, ...longest);
  return baseline + Math.max(schedule.end_s + watch, experiment.faults.length === 0 ? 0 : watched);
}

const unknownFault = (entry: FaultEntry): Problem => ({
  code: 'name-unknown',
  message: `there is no fault \`${entry.fault}\``,
  at: entry.at,
  found: entry.fault,
  fix: '`aftershock faults` lists them.',
});

/** Without what several entries say alike, such as that there is no cluster. */
const distinct = (problems: readonly Problem[]): Problem[] => {
  const said = problems.map(({ code, message }) => `${code} ${message}`);
  return problems.filter((_problem, index) => said.indexOf(said[index] ?? '') === index);
};
