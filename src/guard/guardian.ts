import { join } from 'node:path';
import type { AnyFault, Ground } from '../model/contracts/fault.ts';
import type { World } from '../model/contracts/world.ts';
import { sleep } from '../reach/clock.ts';
import { readText, writeWhole } from '../reach/files.ts';
import { together } from './grounds.ts';
import { appendStep, type OpenInjection, openInjections } from './journal.ts';
import { LEASE_S, leaseLeft, RENEW_EVERY_S } from './lease.ts';
import { alive, own, type ProcessIdentity, uptime_s } from './proc.ts';
import { type RestoreOptions, restoreAll } from './restore.ts';

const LOOK_EVERY_MS = 250;
/** Between two rounds that did not undo everything, in milliseconds. */
const AGAIN_AFTER_MS = 5_000;
/** A guardian that cannot undo for this long gives up and leaves the rest to `heal`, in milliseconds. */
const PATIENCE_MS = 24 * 3_600_000;
/** Longest wait for a target to be as before in one round, once it is undone, in milliseconds. */
const PROVE_WITHIN_MS = 600_000;

/** A system reached anew. */
interface Place {
  world: World;
  grounds: readonly Ground[];
}

export interface GuardianOptions {
  directory: string;
  run: string;
  watched: ProcessIdentity;
  faults: ReadonlyMap<string, AnyFault>;
  /** Connects again when it is needed, so that nothing old is used; undefined where the system is not reached. */
  connect: () => Promise<Place | undefined>;
  signal: AbortSignal;
}

/**
 * What a guardian found when it ended: the run closed everything itself, or it took over; or it could not even say
 * that it watches (disk full), so that nothing was injected.
 */
export type GuardianEnd = 'not-needed' | 'undone' | 'gave-up' | 'cannot-watch';

const readyPath = (directory: string): string => join(directory, 'guardian.json');

/** The guardian's identity, once it watches. */
export function guardianOf(directory: string): ProcessIdentity | undefined {
  const text = readText(readyPath(directory));
  return text.ok ? (JSON.parse(text.value) as ProcessIdentity) : undefined;
}

/**
 * Watches a run from a process of its own, and undoes what the run cannot: when the run is gone, when its lease ran
 * out (it hangs), or when an injection is older than its deadline. It reads the journal and needs nothing else.
 */
export async function watchOver(options: GuardianOptions): Promise<GuardianEnd> {
  const ready = writeWhole(readyPath(options.directory), `${JSON.stringify(own())}\n`);
  if (!ready.ok) return 'cannot-watch';
  const patience = AbortSignal.any([options.signal, AbortSignal.timeout(PATIENCE_MS)]);
  // Kept beside the journal, which may not take a `closed` any more (disk full).
  const undone = new Set<string>();
  for (;;) {
    const gone = !alive(options.watched);
    const open = openInjections(options.directory).filter(({ injection }) => !undone.has(injection.id));
    if (gone && open.length === 0) return tidy(options, undone.size > 0 ? 'undone' : 'not-needed');
    const due = gone || leaseLeft(options.directory) < 0 ? open : open.filter(isOverdue);
    const possible = due.filter((one) => canUndo(options, one));
    if (gone && (possible.length === 0 || patience.aborted)) return 'gave-up';
    if (options.signal.aborted) return 'not-needed';
    const clean = possible.length === 0 ? [] : await undoAll(options, possible, patience);
    for (const id of clean) undone.add(id);
    await sleep(clean.length === possible.length ? LOOK_EVERY_MS : AGAIN_AFTER_MS, options.signal);
  }
}

const isOverdue = (open: OpenInjection): boolean =>
  uptime_s() > open.since_uptime_s + open.injection.deadline_s;

/** What is damaged must not be undone by its journal; `heal` finds it by the mark on the target. */
const canUndo = ({ faults }: GuardianOptions, { injection, damaged }: OpenInjection): boolean =>
  damaged === undefined && faults.has(injection.fault);

/** Undoes, the newest first; connects anew, because the world may have changed. Gives the ids of what is clean. */
async function undoAll(
  options: GuardianOptions,
  due: readonly OpenInjection[],
  patience: AbortSignal,
): Promise<string[]> {
  const place = await reached(options);
  if (place === undefined) return [];
  const restoring = due.flatMap(({ injection }): RestoreOptions[] => {
    const fault = options.faults.get(injection.fault);
    if (fault === undefined) return [];
    return [
      {
        fault,
        world: place.world,
        injection,
        onStep: (step, evidence) =>
          void appendStep(options.directory, 'guardian', { step, injection, evidence }),
        onProblem: () => undefined,
        proveWithin_ms: PROVE_WITHIN_MS,
        signal: patience,
      },
    ];
  });
  const keeping = setInterval(() => void keepLock(options, place), RENEW_EVERY_S * 1_000);
  const restored = await restoreAll(restoring);
  clearInterval(keeping);
  return restoring.flatMap(({ injection }, index) => (restored[index]?.ok === true ? [injection.id] : []));
}

/** Nobody else breaks the system while something is left to undo: the run's lock is kept for it, if it still has it. */
async function keepLock({ run }: GuardianOptions, { grounds, world }: Place): Promise<void> {
  try {
    const within = AbortSignal.timeout(RENEW_EVERY_S * 1_000);
    await together(grounds).renew(world, { run, lease_s: LEASE_S }, within);
  } catch {
    // A lock that cannot be renewed is no reason to stop undoing.
  }
}

/** A kubeconfig that cannot be read, a login helper that fails: tried again in the next round. */
async function reached({ connect }: GuardianOptions): Promise<Place | undefined> {
  try {
    return await connect();
  } catch {
    return undefined;
  }
}

/** Gives the run's lock back, if it still holds it. */
async function tidy(options: GuardianOptions, end: GuardianEnd): Promise<GuardianEnd> {
  const place = await reached(options);
  const holder = { run: options.run, lease_s: LEASE_S };
  if (place !== undefined)
    await together(place.grounds).unlock(place.world, holder, AbortSignal.timeout(10_000));
  return end;
}
