import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../model/result.ts';
import { type FileTrouble, readText, writeWhole } from '../reach/files.ts';
import { uptime_s } from './proc.ts';

const DEFAULT_S = 30;
const SHORTEST_S = 5;
const LONGEST_S = 600;
/** A lease is renewed so often in its length: one that is late or lost is no end yet. */
const RENEWALS = 6;

/** The lease that the environment asks for (`AFTERSHOCK_LEASE`, in seconds), or the usual one. */
export function leaseOf(env: NodeJS.ProcessEnv): Result<number> {
  const text = env['AFTERSHOCK_LEASE']?.trim() ?? '';
  if (text === '') return ok(DEFAULT_S);
  const lease_s = /^\d+s?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
  if (lease_s >= SHORTEST_S && lease_s <= LONGEST_S) return ok(lease_s);
  return fail({
    code: 'usage',
    message: `AFTERSHOCK_LEASE is \`${text}\``,
    expected: `whole seconds from ${SHORTEST_S} to ${LONGEST_S}`,
    fix: `Unset it for the usual ${DEFAULT_S} s, or write such a number.`,
  });
}

const asked = leaseOf(process.env);

/**
 * How long an injection may live without a word from its run, in seconds, and how often the run renews. A run refuses
 * to begin with a lease that makes no sense.
 */
export const LEASE_S = asked.ok ? asked.value : DEFAULT_S;
export const RENEW_EVERY_S = Math.max(1, Math.floor(LEASE_S / RENEWALS));

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
