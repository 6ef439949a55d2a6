import { z } from 'zod';
import { defineFault, type Look, type Prepared } from '../../model/contracts/fault.ts';
import type { World } from '../../model/contracts/world.ts';
import type { Injection, Target } from '../../model/injection.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { runScript } from '../../reach/hosts/script.ts';
import { armRecord, disarmRecord } from '../hosts/record.ts';
import { actExits, no, unsure, yes } from './common.ts';
import { presentTarget } from './present.ts';
import { detailOf, findProcesses, onHost, type ProcessSpec, processScript, processTarget } from './target.ts';

const scripts = {
  pause: processScript('pause.sh'),
  resume: processScript('resume.sh'),
  probe: processScript('probe.sh'),
};

/** What stands in `Injection.undo`: every process that is stopped, pinned; and the boot that they are of. */
const undoSchema = z.object({
  boot: z.string(),
  pinned: z.array(z.object({ pid: z.number(), start: z.string() })),
});

export const processPause = defineFault<Record<string, never>, ProcessSpec>({
  name: 'process.pause',
  summary: 'Freezes a process: it stays there and answers nothing.',
  duration: 'held',
  undoKind: 'restores',
  guarantee:
    'A guardian process beside the run lets it go on when the run is gone or its lease has run out; `aftershock heal --host here` does it from the record on the host.',
  params: z.strictObject({}),
  target: processTarget,
  needs: ['Linux', 'the same user as the process, or root', 'flock (util-linux or BusyBox)'],
  example: [
    '- id: freeze',
    '  fault: process.pause',
    '  target: { host: here, port: 8080 }',
    '  for: 2s',
  ].join('\n'),
  resolve: (world, { target }, signal) => findProcesses(world, target, signal),
  prepare,
  arm: (world, injection, signal) =>
    onHost(world, injection.target, (host) => armRecord(host, { injection }, signal)),
  act,
  effect,
  undo,
  recovered,
  disarm: (world, injection, signal) =>
    onHost(world, injection.target, (host) => disarmRecord(host, injection, signal)),
});

async function prepare(
  world: World,
  { target }: { target: Target },
  signal: AbortSignal,
): Promise<Result<Prepared>> {
  const present = await presentTarget(world, target, signal);
  if (!present.ok) return present;
  const { tree, row, detail } = present.value;
  const stopped = tree.find(({ state }) => state === 'T' || state === 't');
  if (stopped?.pid === row.pid) {
    return fail({
      code: 'target-unsuitable',
      message: `${target.name} on the host ${detail.host} is stopped already.`,
      fix: `If a run of aftershock left it so: \`aftershock heal --host here\`. Else let it go on (\`kill -CONT ${row.pid}\`), or choose another process.`,
    });
  }
  const pinned = tree
    .filter(({ state }) => state !== 'T' && state !== 't')
    .map(({ pid, start }) => ({ pid, start }));
  const pids = pinned.map(({ pid }) => pid).join(' ');
  return ok({
    does: [
      `kill -STOP ${pids} (on ${detail.host})${detail.children ? ', and what they start meanwhile' : ''}`,
    ],
    undoes: [`kill -CONT ${pids} (on ${detail.host}), each only while it is the same process`],
    undo: { boot: detail.boot, pinned },
    ...(stopped === undefined
      ? {}
      : { notes: [`pid ${stopped.pid} below it is stopped already, and is left so.`] }),
  });
}

function act(world: World, injection: Injection, signal: AbortSignal): Promise<Result<void>> {
  return onHost(world, injection.target, async (host, { pid, start, children }) => {
    const args = [injection.id, String(pid), start, children ? 'yes' : 'no'];
    const what = { script: scripts.pause, args, doing: `stop ${injection.target.name}` };
    const exits = actExits(host, injection);
    const ran = await runScript(host, { ...what, exits, code: 'inject-failed' }, signal);
    return ran.ok ? ok(undefined) : ran;
  });
}

function undo(world: World, injection: Injection, signal: AbortSignal): Promise<Result<void>> {
  return onHost(world, injection.target, async (host) => {
    const what = {
      script: scripts.resume,
      args: pinnedArgs(injection),
      doing: `let ${injection.target.name} go on`,
    };
    const exits = actExits(host, injection);
    const ran = await runScript(host, { ...what, exits, code: 'undo-failed' }, signal);
    return ran.ok ? ok(undefined) : ran;
  });
}

function pinnedArgs({ id, undo: kept }: Injection): string[] {
  const { boot, pinned } = undoSchema.parse(kept);
  return [id, boot, ...pinned.flatMap(({ pid, start }) => [String(pid), start])];
}

async function effect(world: World, injection: Injection, signal: AbortSignal): Promise<Look> {
  const seen = await probe(world, injection, signal);
  if (!seen.ok) return unsure(seen.problem);
  const { pid } = detailOf(injection.target);
  const root = seen.value.find((one) => one.pid === pid);
  if (root === undefined || root.states === 'gone') return no(`${injection.target.name} has ended`);
  const moving = seen.value.find(({ states }) => states !== 'gone' && states !== 'T');
  if (moving !== undefined) return no(`pid ${moving.pid} has threads in state ${moving.states}`);
  return yes(`all threads of ${pids(seen.value)} are stopped (state T in /proc/PID/task/*/stat)`);
}

async function recovered(world: World, injection: Injection, signal: AbortSignal): Promise<Look> {
  const seen = await probe(world, injection, signal);
  if (!seen.ok) return unsure(seen.problem);
  if (seen.value.length === 0)
    return yes('the host has been started anew since: nothing is stopped any more');
  const stopped = seen.value.find(({ states }) => states.includes('T'));
  if (stopped !== undefined)
    return no(`pid ${stopped.pid} is still stopped (threads in state ${stopped.states})`);
  const ended = seen.value.filter(({ states }) => states === 'gone');
  const running = seen.value.filter(({ states }) => states !== 'gone');
  return yes(
    [
      running.length === 0
        ? []
        : [`${pids(running)} runs again, the same process (state ${running[0]?.states})`],
      ended.length === 0 ? [] : [`${pids(ended)} ended meanwhile, and not by us`],
    ]
      .flat()
      .join('; '),
  );
}

const pids = (seen: readonly Seen[]): string => `pid ${seen.map(({ pid }) => pid).join(', ')}`;

interface Seen {
  pid: number;
  /** The distinct states of its threads, as letters; `gone` where it has ended. */
  states: string;
}

/** What has become of everything that was pinned or stopped; nothing where the machine was started anew. */
function probe(world: World, injection: Injection, signal: AbortSignal): Promise<Result<Seen[]>> {
  return onHost(world, injection.target, async (host) => {
    const what = {
      script: scripts.probe,
      args: pinnedArgs(injection),
      doing: `look at ${injection.target.name}`,
    };
    const ran = await runScript(host, { ...what, code: 'system-unreachable' }, signal);
    if (!ran.ok) return ran;
    return seenIn(ran.value.stdout, injection);
  });
}

/** What the probe printed. Silence about a process is no proof of anything: it is a Problem. */
function seenIn(stdout: string, { target, undo: kept }: Injection): Result<Seen[]> {
  if (stdout.trim() === 'rebooted') return ok([]);
  const seen = stdout.split('\n').flatMap((line) => {
    const [, pid, states = ''] = /^(\d+) (\w+)$/.exec(line) ?? [];
    return pid === undefined || states === 'unknown' ? [] : [{ pid: Number(pid), states }];
  });
  const untold = undoSchema.parse(kept).pinned.find(({ pid }) => !seen.some((one) => one.pid === pid));
  if (untold === undefined) return ok(seen);
  return fail({
    code: 'system-unreachable',
    message: `The state of pid ${untold.pid} (${target.name}) cannot be read.`,
    fix: `Look at /proc/${untold.pid}/task/*/stat on the host; if it is in state T, \`kill -CONT ${untold.pid}\`.`,
  });
}
