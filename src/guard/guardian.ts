import { join } from 'node:path';
import type { AnyFault, Ground } from '../model/contracts/fault.ts';
import type { World } from '../model/contracts/world.ts';
import { sleep } from '../reach/clock.ts';
import { readText, writeWhole } from '../reach/files.ts';
import { appendStep, type OpenInjection, openInjections } from './journal.ts';
import { LEASE_S, leaseLeft } from './lease.ts';
import { alive, own, type ProcessIdentity, uptime_s } from './proc.ts';
import { restore } from './restore.ts';

const LOOK_EVERY_MS = 250;
/** A guardian that cannot undo for this long gives up and leaves the rest to `heal`, in milliseconds. */
const PATIENCE_MS = 24 * 3_600_000;
/** Longest wait for a target to be as before once it is undone, in milliseconds. */
const PROVE_WITHIN_MS = 600_000;

export interface GuardianOptions {
  directory: string;
  run: string;
  watched: ProcessIdentity;
  faults: ReadonlyMap<string, AnyFault>;
  /** Connects again when it is needed, so that nothing old is used. */
  connect: () => Promise<{ world: World; ground?: Ground } | undefined>;
  signal: AbortSignal;
}

/** What a guardian found when it ended: the run closed everything itself, or it took over. */
export type GuardianEnd = 'not-needed' | 'undone' | 'gave-up';

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
  writeWhole(readyPath(options.directory), `${JSON.stringify(own())}\n`);
  for (;;) {
    const gone = !alive(options.watched);
    const open = openInjections(options.directory);
    if (gone && open.length === 0) return tidy(options, 'not-needed');
    const due = gone || leaseLeft(options.directory) < 0 ? open : open.filter(isOverdue);
    if (due.length > 0) {
      const undone = await undoAll(options, due);
      if (!undone) return 'gave-up';
      if (gone) return tidy(options, 'undone');
    }
    if (options.signal.aborted) return 'not-needed';
    await sleep(LOOK_EVERY_MS, options.signal);
  }
}

const isOverdue = (open: OpenInjection): boolean =>
  uptime_s() > open.since_uptime_s + open.injection.deadline_s;

/** Undoes newest first; connects anew for each round, because the world may have changed since the run began. */
async function undoAll(options: GuardianOptions, due: readonly OpenInjection[]): Promise<boolean> {
  const patience = AbortSignal.any([options.signal, AbortSignal.timeout(PATIENCE_MS)]);
  for (const { injection } of due) {
    const fault = options.faults.get(injection.fault);
    const connected = await reconnected(options, patience);
    if (fault === undefined || connected === undefined) return false;
    const restored = await restore({
      fault,
      world: connected.world,
      injection,
      onStep: (step, evidence) =>
        void appendStep(options.directory, 'guardian', { step, injection, evidence }),
      onProblem: () => undefined,
      proveWithin_ms: PROVE_WITHIN_MS,
      signal: patience,
    });
    if (!restored.ok) return false;
  }
  return true;
}

async function reconnected(
  options: GuardianOptions,
  patience: AbortSignal,
): Promise<{ world: World; ground?: Ground } | undefined> {
  while (!patience.aborted) {
    const connected = await options.connect();
    if (connected !== undefined) return connected;
    await sleep(5_000, patience);
  }
  return undefined;
}

/** Gives the run's lock back, if it still holds it. */
async function tidy(options: GuardianOptions, end: GuardianEnd): Promise<GuardianEnd> {
  const connected = await options.connect();
  const holder = { run: options.run, lease_s: LEASE_S };
  await connected?.ground?.unlock(connected.world, holder, AbortSignal.timeout(10_000));
  return end;
}
