import type { Look } from '../../model/contracts/fault.ts';
import type { Host } from '../../model/contracts/world.ts';
import type { Injection } from '../../model/injection.ts';
import { ok, type Result } from '../../model/result.ts';
import type { ProcessLook, ProcessRow } from '../../reach/hosts/processes.ts';
import { runScript } from '../../reach/hosts/script.ts';
import { type Selection, select, selectionText, treeOf } from '../../reach/hosts/select.ts';
import { no, yes } from './common.ts';
import type { KillUndo } from './kill-params.ts';
import { detailOf, type Pinned, type ProcessDetail, processScript } from './target.ts';

const startedScript = processScript('started.sh');

/** What the host's record says was done. */
interface Done {
  /** False where the process ended before our signal: then it is not ours to bring back. */
  sent: boolean;
  /** What we started in its place. */
  started?: Pinned;
}

async function doneBy(host: Host, { id }: Injection, signal: AbortSignal): Promise<Result<Done>> {
  const what = { script: startedScript, args: [id], doing: 'read what was started' };
  const ran = await runScript(host, { ...what, code: 'system-unreachable' }, signal);
  if (!ran.ok) return ran;
  const [, pid, start] = /^(\d+) (\d+)$/m.exec(ran.value.stdout) ?? [];
  const sent = !/^unsent$/m.test(ran.value.stdout);
  return ok({
    sent,
    ...(pid === undefined || start === undefined ? {} : { started: { pid: Number(pid), start } }),
  });
}

/** What its selection matches now and did not match before the kill. */
export function newcomers(
  look: ProcessLook,
  { before }: KillUndo,
  detail: ProcessDetail,
): { all: number; fresh: ProcessRow[] } {
  const matching = select(look, selectionAfter(detail));
  const known = new Set(before);
  return { all: matching.length, fresh: matching.filter(({ pid, start }) => !known.has(`${pid}/${start}`)) };
}

/** A number does not come back: then a process of the same program is looked for. */
const selectionAfter = ({ selection, program }: ProcessDetail): Selection =>
  'pid' in selection ? { name: program } : selection;

/** Whether something else runs in place of a killed process: what we started, or what a supervisor did. */
export async function successor(
  host: Host,
  of: { injection: Injection; undo: KillUndo; look: ProcessLook },
  signal: AbortSignal,
): Promise<Result<Look>> {
  const { injection, undo, look } = of;
  const detail = detailOf(injection.target);
  const done = await doneBy(host, injection, signal);
  if (!done.ok) return done;
  if (!done.value.sent) return ok(yes(`${injection.target.name} ended by itself, before our signal`));
  const { all, fresh } = newcomers(look, undo, detail);
  const what = selectionText(selectionAfter(detail));
  if (undo.restart === undefined) {
    const [one] = fresh;
    if (one === undefined) return ok(no(`${undo.supervisor} has not started a process ${what} yet`));
    const enough = all >= Math.max(1, undo.before.length) || 'pid' in detail.selection;
    return ok(
      enough
        ? yes(`pid ${one.pid} ${what} runs instead`)
        : no(`${all} of ${undo.before.length} processes ${what} run again`),
    );
  }
  return ok(ofOurs({ look, started: done.value.started, fresh, what, byPid: 'pid' in detail.selection }));
}

interface Ours {
  look: ProcessLook;
  started: Pinned | undefined;
  fresh: readonly ProcessRow[];
  what: string;
  /** The selection was a number, which matches no successor. */
  byPid: boolean;
}

function ofOurs({ look, started, fresh, what, byPid }: Ours): Look {
  if (started === undefined) return no('nothing has been started in its place yet');
  const runs = look.rows.get(started.pid)?.start === started.start;
  const tree = new Set(treeOf(look, started.pid).map(({ pid }) => pid));
  const session = fresh.find(({ pid, session }) => session === started.pid || tree.has(pid));
  if (runs && byPid) return yes(`pid ${started.pid}, which we started, runs`);
  if (session !== undefined)
    return yes(`pid ${session.pid} ${what} runs, started by us as pid ${started.pid}`);
  if (runs) return no(`pid ${started.pid}, which we started, runs, but is no process ${what} yet`);
  const [other] = fresh;
  return other === undefined
    ? no(`pid ${started.pid}, which we started, has ended, and no process ${what} runs`)
    : yes(`pid ${other.pid} ${what} runs; what we started (pid ${started.pid}) has ended`);
}
