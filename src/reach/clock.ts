import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../model/contracts/world.ts';

/** A clock that starts now: CLOCK_MONOTONIC for `now`, the system's wall clock for `wall`. */
export function startClock(): Clock {
  const start = process.hrtime.bigint();
  return {
    now: () => Number(process.hrtime.bigint() - start),
    wall: () => Date.now(),
    sleep,
  };
}

/** Resolves after `ms`, or at once when aborted; never rejects, so a wait needs no catch. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
  }
}
