import { z } from 'zod';
import type { Host, HostFailure, HostRan, HostScript, World } from '../../model/contracts/world.ts';
import { ok, type Result } from '../../model/result.ts';
import { localHost } from '../../reach/hosts/local.ts';

const name = z.string().trim().min(1);

/** A host that has to be named. */
export const hostField = name.describe(
  'A host of the system file: here, where that has `hosts: { here: local }`',
);

/** A host that may be left out. */
export const fromField = name
  .describe('The host of the system file from which we look; from here, where aftershock runs, unless told')
  .exactOptional();

/** A name or an IP address, never an option of the program that is given it. */
export const addressField = z
  .string()
  .regex(
    /^([A-Za-z0-9_][A-Za-z0-9._-]{0,252}|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9._-]{1,15})?)$/,
    'write a name or an address, without a port',
  );

/** The host that is meant, or this machine. */
export const hostOrHere = (world: World, named: string | undefined): Result<Host> =>
  named === undefined ? ok(localHost('this machine', [])) : world.host(named);

/** Runs a script that stays; resolves with why it ended. */
export async function runStaying(host: Host, script: HostScript, signal: AbortSignal): Promise<string> {
  return endOf(await host.run({ ...script, deadline_ms: Number.POSITIVE_INFINITY }, signal));
}

/** Why a script that should have stayed is gone. */
function endOf(ran: Result<HostRan, HostFailure>): string {
  if (!ran.ok) return ran.problem.text;
  const { code, stderr } = ran.value;
  return [`it ended with exit code ${code}`, stderr.trim()].filter((part) => part !== '').join(': ');
}
