import type { Json } from '../model/json.ts';

/** Statuses from and to, both inclusive. */
export type StatusRange = readonly [from: number, to: number];

/** One HTTP load, as its worker is given it. */
export interface LoadOptions {
  url: string;
  method: string;
  /** Names and values. */
  headers: readonly (readonly [string, string])[];
  /** A fixed body, or a JSON one that may hold `{ pick: [...] }`. */
  body?: string;
  json?: Json;
  /** A complete answer with another status is a failure. */
  expected: readonly StatusRange[];
  rate_per_s: number;
  timeout_ms: number;
  /** Requests in flight at once, each on its own connection; others wait for one, and the wait counts. */
  connections: number;
  /** Fixes the bodies: the n-th operation of two loads with one seed has the same body. */
  seed: string;
  /** `process.hrtime` at the zero of the run's clock. */
  clockStart: bigint;
}

export const DEFAULT_CONNECTIONS = 64;
export const DEFAULT_EXPECTED: readonly StatusRange[] = [[200, 299]];
