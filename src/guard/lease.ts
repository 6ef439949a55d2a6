import { join } from 'node:path';
import type { Result } from '../model/result.ts';
import { type FileTrouble, readText, writeWhole } from '../reach/files.ts';
import { uptime_s } from './proc.ts';

/** How long an injection may live without a word from its run, in seconds, and how often the run renews. */
export const LEASE_S = 30;
export const RENEW_EVERY_S = 5;

interface LeaseFile {
  /** Seconds since the machine's boot at the last renewal; wall time jumps, this does not. */
  renewed_uptime_s: number;
  lease_s: number;
}

const path = (directory: string): string => join(directory, 'lease.json');

/** The run's word that it is alive, for the guardian beside it. */
export function renewLease(directory: string, lease_s: number): Result<void, FileTrouble> {
  const file: LeaseFile = { renewed_uptime_s: uptime_s(), lease_s };
  return writeWhole(path(directory), `${JSON.stringify(file)}\n`);
}

/** Seconds until the lease runs out; negative once it has; 0 where there is no readable lease. */
export function leaseLeft(directory: string): number {
  const text = readText(path(directory));
  if (!text.ok) return 0;
  const file = JSON.parse(text.value) as LeaseFile;
  return file.renewed_uptime_s + file.lease_s - uptime_s();
}
