import { defineFault, type Look, type Prepared } from '../../model/contracts/fault.ts';
import type { Host, World } from '../../model/contracts/world.ts';
import type { Injection, Target } from '../../model/injection.ts';
import { ok, type Result } from '../../model/result.ts';
import { lookAtProcesses } from '../../reach/hosts/processes.ts';
import { runScript } from '../../reach/hosts/script.ts';
import { lookFor } from '../../reach/hosts/select.ts';
import { armRecord, disarmRecord } from '../hosts/record.ts';
import { actExits, no, unsure, yes } from './common.ts';
import { isIrreversible, type KillParams, type KillUndo, killParams, killUndo } from './kill-params.ts';
import { type Present, pinnedRow, presentTarget } from './present.ts';
import { restart } from './restart.ts';
import { successor } from './successor.ts';
import { detailOf, findProcesses, onHost, type ProcessSpec, processScript, processTarget } from './target.ts';

const killScript = processScript('kill.sh');
const cwdScript = processScript('cwd.sh');

export const processKill = defineFault<KillParams, ProcessSpec>({
  name: 'process.kill',
  summary: 'Sends a process a signal that ends it; a command or a supervisor brings it back.',
  duration: 'instant',
  undoKind: 'needs-command',
  irreversible: isIrreversible,
  guarantee:
    'With `restart`, a guardian process beside the run starts it again when the run is gone; `aftershock heal --host here` does it from the record on the host. With `supervisor`, that one starts it, whatever becomes of this run.',
  params: killParams,
  target: processTarget,
  needs: ['Linux', 'the same user as the process, or root', 'flock and setsid (util-linux or BusyBox)'],
  example: [
    '- id: kill',
    '  fault: process.kill',
    '  target: { host: here, port: 8080 }',
    "  with: { restart: 'node server.js >>server.log 2>&1' }",
  ].join('\n'),
  resolve: (world, { target }, signal) => findProcesses(world, target, signal),
  prepare,
  arm: (world, injection, signal) =>
    onHost(world, injection.target, (host, { pid, start }) => {
      const keep = killUndo(injection).restart === undefined ? {} : { keep: { pid, start } };
      return armRecord(host, { injection, ...keep }, signal);
    }),
  act,
  effect,
  undo: (world, injection, signal) =>
    onHost(world, injection.target, (host) =>
      restart(host, { injection, undo: killUndo(injection) }, signal),
    ),
  recovered,
  disarm: (world, injection, signal) =>
    onHost(world, injection.target, (host) => disarmRecord(host, injection, signal)),
});

const signalOf = (params: KillParams): string => params.signal ?? 'KILL';

async function prepare(
  world: World,
  { target, params }: { target: Target; params: KillParams },
  signal: AbortSignal,
): Promise<Result<Prepared>> {
  const present = await presentTarget(world, target, signal);
  if (!present.ok) return present;
  const { detail, row, tree, alike } = present.value;
  const cwd = await folderOf(world, target, { params, signal });
  if (!cwd.ok) return cwd;
  const pids = tree.map(({ pid }) => pid).join(' ');
  const before = [row, ...alike].map(({ pid, start }) => `${pid}/${start}`);
  const undo: KillUndo = {
    before: [...new Set(before)],
    ...(params.restart === undefined
      ? {}
      : { restart: { command: params.restart, cwd: cwd.value, env: pairs(params.env) } }),
    ...(params.supervisor === undefined ? {} : { supervisor: nameOf(params.supervisor) }),
  };
  return ok({
    does: [`kill -${signalOf(params)} ${pids} (on ${detail.host})`],
    undoes: [undoText(params, cwd.value)],
    undo,
    notes: notesOf(params, present.value),
  });
}

const pairs = (env: KillParams['env'] = {}): string[] =>
  Object.entries(env).map(([name, value]) => `${name}=${value}`);

const nameOf = (supervisor: string | true): string => (supervisor === true ? 'its supervisor' : supervisor);

function undoText(params: KillParams, cwd: string): string {
  if (params.restart !== undefined) return `cd ${cwd} && setsid sh -c ${JSON.stringify(params.restart)}`;
  if (params.supervisor !== undefined) return `nothing to do: ${nameOf(params.supervisor)} starts it again`;
  return 'nothing: nobody is named who starts it again';
}

function notesOf(params: KillParams, { owner, us }: Present): string[] {
  return [
    ...(params.restart === undefined || owner === us || owner === '?'
      ? []
      : [
          `It runs as ${owner}, and is started again as ${us}: write \`restart\` with su or runuser if that matters.`,
        ]),
    ...(isIrreversible(params)
      ? ['Nothing starts it again: `limits.allow` of the system file says that this is meant.']
      : []),
  ];
}

/** Where it is started again: as told, or where the process is now. */
async function folderOf(
  world: World,
  target: Target,
  { params, signal }: { params: KillParams; signal: AbortSignal },
): Promise<Result<string>> {
  if (params.restart === undefined) return ok('');
  return onHost(world, target, async (host, { pid }) => {
    const args = [String(pid), params.cwd ?? ''];
    const doing = `find the folder to start ${target.name} again in`;
    const exits = {
      68: () => ({
        code: 'field-wrong' as const,
        message: `The folder ${params.cwd ?? ''} to start ${target.name} again in is not there on the host ${host.name}.`,
        fix: 'Write a folder that is there in `cwd`.',
      }),
    };
    const ran = await runScript(
      host,
      { script: cwdScript, args, doing, exits, code: 'inject-failed' },
      signal,
    );
    return ran.ok ? ok(ran.value.stdout.replace(/\n$/, '')) : ran;
  });
}

function act(world: World, injection: Injection, signal: AbortSignal): Promise<Result<void>> {
  return onHost(world, injection.target, async (host, { pid, start, children }) => {
    const params = killParams.parse(injection.params);
    const args = [injection.id, String(pid), start, signalOf(params), children ? 'yes' : 'no'];
    const what = { script: killScript, args, doing: `kill ${injection.target.name}` };
    const exits = actExits(host, injection);
    const ran = await runScript(host, { ...what, exits, code: 'inject-failed' }, signal);
    return ran.ok ? ok(undefined) : ran;
  });
}

async function effect(world: World, injection: Injection, signal: AbortSignal): Promise<Look> {
  const runs = await stillRuns(world, injection, signal);
  if (!runs.ok) return unsure(runs.problem);
  const { name } = injection.target;
  return runs.value ? no(`${name} still runs`) : yes(`${name} has ended`);
}

function stillRuns(world: World, { target }: Injection, signal: AbortSignal): Promise<Result<boolean>> {
  return onHost(world, target, async (host, detail) => {
    const look = await lookAtProcesses(host, 'process', signal);
    return look.ok ? ok(pinnedRow(look.value, detail) !== undefined) : look;
  });
}

async function recovered(world: World, injection: Injection, signal: AbortSignal): Promise<Look> {
  const look = await onHost(world, injection.target, (host) => recoveredOn(host, injection, signal));
  return look.ok ? look.value : unsure(look.problem);
}

async function recoveredOn(host: Host, injection: Injection, signal: AbortSignal): Promise<Result<Look>> {
  const detail = detailOf(injection.target);
  const look = await lookAtProcesses(host, lookFor(detail.selection), signal);
  if (!look.ok) return look;
  const { name } = injection.target;
  if (pinnedRow(look.value, detail) !== undefined)
    return ok(yes(`${name} still runs: it has not ended by our signal`));
  const undo = killUndo(injection);
  if (undo.restart === undefined && undo.supervisor === undefined)
    return ok(yes(`nothing starts ${name} again, as \`limits.allow\` permits`));
  return successor(host, { injection, undo, look: look.value }, signal);
}
