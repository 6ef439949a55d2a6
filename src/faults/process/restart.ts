import type { Host } from '../../model/contracts/world.ts';
import type { Injection } from '../../model/injection.ts';
import { ok, type Result } from '../../model/result.ts';
import { lookAtProcesses } from '../../reach/hosts/processes.ts';
import { type Exits, runScript } from '../../reach/hosts/script.ts';
import { lookFor } from '../../reach/hosts/select.ts';
import { NOT_WRITTEN } from '../hosts/record.ts';
import type { KillUndo } from './kill-params.ts';
import { newcomers } from './successor.ts';
import { detailOf, processScript } from './target.ts';

const script = processScript('restart.sh');

/** A process may take this long to end by our signal, in seconds; what runs longer has outlived it. */
const PATIENCE_S = 30;

/**
 * Starts a killed process again where that is ours to do. Once: what runs already, or was started by us and has become
 * something else that runs, is left alone.
 */
export async function restart(
  host: Host,
  { injection, undo }: { injection: Injection; undo: KillUndo },
  signal: AbortSignal,
): Promise<Result<void>> {
  const detail = detailOf(injection.target);
  const look = await lookAtProcesses(host, lookFor(detail.selection), signal);
  if (!look.ok) return look;
  const again = newcomers(look.value, undo, detail).fresh.length === 0 ? 'yes' : 'no';
  const { command = '', cwd = '/', env = [] } = undo.restart ?? {};
  // The numbers of another boot are of other processes.
  const pid = look.value.boot === detail.boot ? String(detail.pid) : '0';
  const args = [injection.id, pid, detail.start, String(PATIENCE_S), again, command, cwd, ...env];
  const what = { script, args, doing: `start ${injection.target.name} again` };
  const ran = await runScript(
    host,
    { ...what, exits: exits(host, injection, cwd), code: 'undo-failed' },
    signal,
  );
  return ran.ok ? ok(undefined) : ran;
}

const exits = (host: Host, { target }: Injection, cwd: string): Exits => ({
  67: () => ({
    code: 'undo-failed',
    message: `${target.name} on the host ${host.name} has got our signal and has not ended yet.`,
    fix: `It is looked at again; after ${PATIENCE_S} s it counts as having outlived the signal.`,
  }),
  68: () => ({
    code: 'undo-failed',
    message: `The folder ${cwd} in which ${target.name} is to be started again is not there on the host ${host.name}.`,
    fix: 'Make it again, then run `aftershock heal`.',
  }),
  70: () => ({
    code: 'undo-failed',
    message: `What is to be started in place of ${target.name} on the host ${host.name} did not begin.`,
    fix: 'Look at its process limits (ulimit -u) and memory; it is tried again.',
  }),
  [NOT_WRITTEN]: () => ({
    code: 'undo-failed',
    message: `What is started cannot be noted on the host ${host.name}, so it is not started.`,
    fix: 'Free space in the folder of its records (/run/aftershock, or $XDG_RUNTIME_DIR/aftershock).',
  }),
  75: () => ({
    code: 'undo-failed',
    message: `Another undo of ${target.name} is at work on the host ${host.name}.`,
    fix: 'It is tried again.',
  }),
});
