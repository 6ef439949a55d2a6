import { createHash } from 'node:crypto';
import type { LabSettings } from '../../model/experiment.ts';
import { fail, ok, type Result } from '../../model/result.ts';

/** One machine of the lab, before it is made. */
export interface Machine {
  name: string;
  /** Where its ssh answers on 127.0.0.1. */
  port: number;
  /** Of its end of the wire, eth1. */
  mac: string;
  ipv4: string;
  ipv6: string;
  machineId: string;
}

/** The wire has two ends. */
export const MOST_MACHINES = 2;

/** The machines of a lab: `vm1` at the lab's port, `vm2` at the next one. */
export function machinesOf(directory: string, { port, count }: { port: number; count: number }): Machine[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    return {
      name: `vm${number}`,
      port: port + index,
      mac: `52:54:00:77:00:0${number}`,
      ipv4: `10.77.0.${number}`,
      ipv6: `fd77::${number}`,
      machineId: createHash('sha256').update(`${directory}\n${number}`).digest('hex').slice(0, 32),
    };
  });
}

/** How many machines the settings ask for: `machines.COUNT`, all unless told. */
export function countOf(settings: LabSettings): Result<number> {
  const text = settings['machines']?.['COUNT'] ?? String(MOST_MACHINES);
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_MACHINES) return ok(count);
  return fail({
    code: 'lab-failed',
    message: `machines.COUNT is \`${text}\``,
    expected: `1 or ${MOST_MACHINES}`,
    fix: 'Write how many machines the lab has: `--set machines.COUNT=1`.',
  });
}
