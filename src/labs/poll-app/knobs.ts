import { numberSetting, switchSetting } from '../app/settings.ts';

/** What makes a backend slow, faulty, sick or greedy; all of it is off unless told. */
export interface Knobs {
  /** ARTIFICIAL_DELAY_MS: added to every API request, but not to the ledger and the probes. */
  delayMs: number;
  /** DELAY_PROBES: that delay reaches `/readyz` and `/healthz` too, as where the whole process is slow. */
  delayProbes: boolean;
  /** READY_DELAY_MS: added to `/readyz` alone. */
  readyDelayMs: number;
  /** SLOW_AFTER_S: all of these delays begin that long after the start, so that a pod is ready first. */
  slowAfterS: number;
  /** ERROR_RATE: the share of API requests that answer 500, 0 to 1. */
  errorRate: number;
  /** CPU_MS_PER_VOTE: CPU time that each vote burns. */
  cpuMsPerVote: number;
  /** CPU_LIMIT: the cores that this work may use, as a container's limit would; all of one unless told. */
  cpuLimit: number;
  /** NEVER_READY: `/readyz` answers 503. */
  neverReady: boolean;
  /** LIVENESS_FAILS_AFTER_S: `/healthz` answers 500 from then on. */
  livenessFailsAfterS: number;
  /** MEMORY_LEAK_MB_PER_S: memory (2^20 bytes) taken and written to each second, and never given back. */
  memoryLeakMbPerS: number;
  /** IGNORE_IDEMPOTENCY: a vote whose id is there already is stored once more. */
  ignoreIdempotency: boolean;
}

export const readKnobs = (): Knobs => ({
  delayMs: numberSetting('ARTIFICIAL_DELAY_MS', 0),
  delayProbes: switchSetting('DELAY_PROBES'),
  readyDelayMs: numberSetting('READY_DELAY_MS', 0),
  slowAfterS: numberSetting('SLOW_AFTER_S', 0),
  errorRate: numberSetting('ERROR_RATE', 0, { max: 1 }),
  cpuMsPerVote: numberSetting('CPU_MS_PER_VOTE', 0),
  cpuLimit: numberSetting('CPU_LIMIT', 1, { min: 0.01 }),
  neverReady: switchSetting('NEVER_READY'),
  livenessFailsAfterS: numberSetting('LIVENESS_FAILS_AFTER_S', Number.POSITIVE_INFINITY),
  memoryLeakMbPerS: numberSetting('MEMORY_LEAK_MB_PER_S', 0),
  ignoreIdempotency: switchSetting('IGNORE_IDEMPOTENCY'),
});
