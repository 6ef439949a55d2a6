import type { Nanos } from '../model/time.ts';
import type { Batch } from './batch.ts';
import type { BucketError } from './engine/schedule.ts';

/** How the worker itself fared since its last report. */
export interface Health {
  t: Nanos;
  /** Worst lateness of its loop, for each 100 ms bucket that ended. */
  buckets: readonly BucketError[];
  /** CPU time of the worker's thread, and the time it covers. */
  cpu_us: number;
  over_us: number;
  /** Share of the time in which its event loop was busy, 0 to 1. */
  utilization: number;
}

export type FromWorker =
  | { is: 'started'; t: Nanos }
  | { is: 'report'; batch: Batch; health: Health }
  | { is: 'ended'; why: EndReason };

/** `halt`: at once, without what still waits for a connection. */
export type ToWorker = { is: 'stop' } | { is: 'halt' } | { is: 'renew' };

/** Why a load sends nothing more: it was told so, or its permit was taken away or ran out. */
export type EndReason = 'told' | PermitEnd;
export type PermitEnd = 'revoked' | 'not-renewed' | 'deadline';
