import { fail, gather, ok, type Result } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import type { LabState } from '../lab.ts';
import { machineProblem, tellMachine } from './machine.ts';
import { SSH_CARD } from './qemu.ts';
import { human, type QmpCommand } from './qmp.ts';
import { configPath, settingTheClock, sshUntil } from './ssh.ts';

/** The snapshot in each machine's disk that it comes back to. */
export const CLEAN = 'clean';

const LOOK_MS = 50;
const TELL_WITHIN_MS = 30_000;
const ANSWER_WITHIN_MS = 60_000;

/**
 * Brings machines of a lab back to what they were when it came up, memory and disk, and sets their clocks; also one
 * that is off, stopped, or cut off from this machine. Connections to them that were open hang from then on.
 */
export async function resetMachines(
  state: LabState,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Result<void>> {
  const [problem] = gather(await Promise.all(names.map((name) => resetOne(state, name, signal)))).problems;
  return problem === undefined ? ok(undefined) : fail(problem);
}

async function resetOne(state: LabState, name: string, signal: AbortSignal): Promise<Result<void>> {
  const { pid, directory } = state;
  const tell = (...commands: QmpCommand[]) =>
    tellMachine({ pid, name }, commands, AbortSignal.any([signal, AbortSignal.timeout(TELL_WITHIN_MS)]));
  const on = await switchOn(tell, signal);
  if (!on.ok) return on;
  const connect = { execute: 'set_link', arguments: { name: SSH_CARD, up: true } };
  const told = await tell({ execute: 'stop' }, connect, human(`loadvm ${CLEAN}`), { execute: 'cont' });
  if (!told.ok) return told;
  const command = {
    config: configPath(directory),
    host: name,
    timeout_ms: ANSWER_WITHIN_MS,
    ...settingTheClock,
  };
  const answered = await sshUntil({ ...command, within_ms: ANSWER_WITHIN_MS }, signal);
  return answered.code === 0
    ? ok(undefined)
    : fail(machineProblem(directory, name, 'does not answer after its reset'));
}

/**
 * A machine that has powered itself off runs only after QEMU's own reset, which QEMU does a moment after it is asked
 * for: a snapshot loaded before would be reset too.
 */
async function switchOn(
  tell: (command: QmpCommand) => Promise<Result<unknown>>,
  signal: AbortSignal,
): Promise<Result<void>> {
  for (let asked = 0; !signal.aborted; asked += 1) {
    const status = await tell({ execute: 'query-status' });
    if (!status.ok) return status;
    if ((status.value as { status?: string }).status !== 'shutdown') return ok(undefined);
    if (asked === 0) {
      const reset = await tell({ execute: 'system_reset' });
      if (!reset.ok) return reset;
    }
    await sleep(LOOK_MS, signal);
  }
  return ok(undefined);
}
