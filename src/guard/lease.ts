import { join } from 'node:path';
import { z } from 'zod';
import type { Result } from '../model/result.ts';
import { type FileTrouble, readText, writeWhole } from '../reach/files.ts';
import { uptime_s } from './proc.ts';

/** How long an injection may live without a word from its run, in seconds, and how often the run renews. */
export const LEASE_S = 30;
export const RENEW_EVERY_S = 5;

const leaseSchema = z.object({
  /** Seconds since the machine's boot at the last renewal; wall time jumps, this does not. */
  renewed_uptime_s: z.number(),
  lease_s: z.number(),
});

const path = (directory: string): string => join(directory, 'lease.json');

/** The run's word that it is alive, for the guardian beside it. */
export function renewLease(directory: string, lease_s: number): Result<void, FileTrouble> {
  const file: z.infer<typeof leaseSchema> = { renewed_uptime_s: uptime_s(), lease_s };
  return writeWhole(path(directory), `${JSON.stringify(file)}\n`);
}

/**
 * Seconds until the lease runs out; negative once it has. A lease that cannot be read has run out: to undo too early
 * is the safe side.
 */
export function leaseLeft(directory: string): number {
  const text = readText(path(directory));
  const file = text.ok ? leaseSchema.safeParse(parseJson(text.value)).data : undefined;
  return file === undefined ? -1 : file.renewed_uptime_s + file.lease_s - uptime_s();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
