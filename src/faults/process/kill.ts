import type { Host } from '../../model/contracts/world.ts';
import type { Target } from '../../model/injection.ts';
import { ok, type Result } from '../../model/result.ts';
import { lookText, type ProcessRow } from '../../reach/hosts/processes.ts';
import { runScript, scriptOf } from '../../reach/hosts/script.ts';
import { selectionText } from '../../reach/hosts/select.ts';
import { type HostPlan, hostFault, type Wanted } from '../hosts/fault.ts';
import { hostText } from '../hosts/text.ts';
import { isIrreversible, type KillParams, killParams } from './kill-params.ts';
import { cutNotes, type Present, presentTarget, shownTarget } from './present.ts';
import {
  detailOf,
  findProcesses,
  type ProcessDetail,
  type ProcessSpec,
  processFile,
  processTarget,
} from './target.ts';

/** What a selection means is looked up by the same script as in the plan, here as a function. */
const matching = `look() (\n${lookText}\n)\n${processFile('matching.sh')}`;
const scripts = {
  inject: `${processFile('pinned.sh')}\n${processFile('kill.sh')}`,
  undo: `${matching}\n${processFile('restart.sh')}`,
  probe: `${matching}\n${processFile('killed.sh')}`,
};
const shown = shownTarget({ port: 8080 });
const asScript = scriptOf(processFile('as.sh'));

/** A process may take this long to end by our signal, in seconds; what runs longer has outlived it. */
const PATIENCE_S = 30;

/** A process before it is killed, with what its successor is to have of it. */
interface Before extends Present {
  /** /proc/PID/oom_score_adj */
  oom: string;
  /** Octal. */
  umask: string;
  cwd: string;
}

export const processKill = hostFault<KillParams, ProcessSpec, Before>({
  name: 'process.kill',
  summary: 'Sends a process a signal that ends it; a command or a supervisor brings it back.',
  duration: 'instant',
  undoKind: 'needs-command',
  irreversible: isIrreversible,
  params: killParams,
  target: processTarget,
  example: [
    '- id: kill',
    '  fault: process.kill',
    '  target: { host: here, port: 8080 }',
    "  with: { restart: 'node server.js >>server.log 2>&1' }",
  ].join('\n'),
  page: {
    does: 'Sends the signal to the process, with `children: true` then also to everything below it. With `restart` the host itself starts it again, once: in its folder, with its environment (which never leaves the host), its umask and its oom_score_adj, in a session of its own. With `supervisor` somebody else does.',
    proof:
      'The process (number and start) is gone; then what was started in its place runs and is what the target says, or another process is which was not there before.',
    blade:
      '`blade create process kill --process nginx --signal 9`. Its `destroy` does nothing: nobody starts the process again.',
    notes: [
      '`restart` is run as the user whom aftershock logs in as: write it with `su` or `runuser` if the process ran as another.',
      'After a reboot nothing is started: the machine starts what it starts. For what systemd keeps, `service.kill` and `service.stop` also know what is enabled.',
    ],
  },
  shown: {
    detail: shown.detail,
    looked: { ...shown.looked, oom: '0', umask: '0022', cwd: '/srv/app' },
  },
  kinds: ['ssh', 'local', 'netns'],
  root: false,
  tools: ({ restart }) => ['awk', 'grep', 'sed', 'tr', ...(restart === undefined ? [] : ['env', 'xargs'])],
  resolve: findProcesses,
  look,
  plan,
});

async function look(
  host: Host,
  { target, params }: { target: Target; params: KillParams },
  signal: AbortSignal,
): Promise<Result<Before>> {
  const present = await presentTarget(host, target, signal);
  if (!present.ok) return present;
  if (params.restart === undefined) return ok({ ...present.value, oom: '0', umask: '022', cwd: '/' });
  const args = [String(detailOf(target).pid), params.cwd ?? ''];
  const doing = `see how ${target.name} is to be started again`;
  const exits = {
    68: () => ({
      code: 'field-wrong' as const,
      message: `The folder ${params.cwd ?? ''} to start ${target.name} again in is not there on the host ${host.name}.`,
      fix: 'Write a folder that is there in `cwd`.',
    }),
  };
  const ran = await runScript(host, { script: asScript, args, doing, exits, code: 'inject-failed' }, signal);
  if (!ran.ok) return ran;
  const [oom = '0', umask = '022', ...cwd] = ran.value.stdout.replace(/\n$/, '').split('\n');
  return ok({ ...present.value, oom, umask, cwd: cwd.join('\n') });
}

function plan({ target, params, looked }: Wanted<KillParams, Before>): Result<HostPlan> {
  const detail = detailOf(target);
  const { row, tree, alike, cwd } = looked;
  const { restart = '', signal = 'KILL' } = params;
  const [by, wanted] = after(detail);
  const before = [...new Set([row, ...alike].map(({ pid, start }) => `${pid}/${start}`))].join(' ');
  const pin = [String(row.pid), row.start];
  const cuts = detail.carriesUs || params.cuts_us_off === true;
  const keep = restart === '' ? 'no' : 'yes';
  const same = [detail.boot, ...pin];
  const again = [looked.oom, looked.umask, restart, cwd, sameCommand(detail, row), ...pairs(params.env)];
  return ok({
    inject: hostText(scripts.inject, [...pin, signal, detail.children ? 'yes' : 'no', keep]),
    undo: hostText(scripts.undo, [...same, String(PATIENCE_S), by, wanted, before, ...again]),
    probe: hostText(scripts.probe, [
      ...same,
      by,
      wanted,
      before,
      ...told(detail, params),
      sameCommand(detail, row),
    ]),
    does: [`kill -${signal} ${tree.map(({ pid }) => pid).join(' ')}`],
    undoes: [undoText(params, cwd)],
    notes: [...notesOf(params, looked), ...cutNotes(cuts)],
    cutsControlPath: cuts,
  });
}

/** How a successor is known, by what and its value. A number does not come back: then by the same program. */
function after({ selection, program }: ProcessDetail): [by: string, wanted: string] {
  const [[by, wanted] = ['name', program]] = Object.entries(
    'pid' in selection ? { name: program } : selection,
  );
  return [by, String(wanted)];
}

/** Its command line, where it was chosen by its number: so a successor is known where the record of it is gone. */
const sameCommand = ({ selection }: ProcessDetail, { command = '' }: ProcessRow): string =>
  'pid' in selection ? command.trim() : '';

/** What the probe says in words: the selection, who brings it back, and whether the selection was a number. */
function told(detail: ProcessDetail, params: KillParams): string[] {
  const by = 'pid' in detail.selection ? { name: detail.program } : detail.selection;
  const back =
    params.restart === undefined ? (params.supervisor === undefined ? 'nobody' : 'supervisor') : 'command';
  return [
    selectionText(by),
    back,
    nameOf(params.supervisor ?? true),
    'pid' in detail.selection ? 'yes' : 'no',
  ];
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
