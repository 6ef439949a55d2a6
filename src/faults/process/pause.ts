import { z } from 'zod';
import { fail, ok, type Result } from '../../model/result.ts';
import { type HostPlan, hostFault, type Wanted } from '../hosts/fault.ts';
import { hostText } from '../hosts/text.ts';
import { cutNotes, type Present, presentTarget, shownTarget } from './present.ts';
import {
  cutsUsOff,
  detailOf,
  findProcesses,
  type ProcessSpec,
  processFile,
  processTarget,
} from './target.ts';

const pinned = processFile('pinned.sh');
const scripts = {
  inject: `${pinned}\n${processFile('pause.sh')}`,
  undo: `${pinned}\n${processFile('resume.sh')}`,
  probe: processFile('paused.sh'),
};

const params = z.strictObject({ cuts_us_off: cutsUsOff });
type Params = z.infer<typeof params>;

export const processPause = hostFault<Params, ProcessSpec, Present>({
  name: 'process.pause',
  summary: 'Freezes a process: it stays there and answers nothing.',
  duration: 'held',
  undoKind: 'restores',
  params,
  target: processTarget,
  example: [
    '- id: freeze',
    '  fault: process.pause',
    '  target: { host: here, port: 8080 }',
    '  for: 2s',
  ].join('\n'),
  page: {
    does: 'Sends SIGSTOP to the process, with `children: true` also to everything below it, and to what that starts meanwhile. It is pinned by its number and its start: a later process of its number is never touched, nor one after a reboot. Connections to it stay open, and the kernel goes on taking new ones into its queue.',
    proof:
      'The state of all its threads in `/proc/PID/task/*/stat`: T while it is frozen, another one afterwards, of the same process.',
    blade:
      '`blade create process stop --process nginx`. Its `destroy` looks the processes up again by name; here exactly those go on that were stopped.',
    notes: [
      'A process that was stopped before is left stopped.',
      'One that waits for the disk (state D) is stopped once it returns from there.',
    ],
  },
  shown: shownTarget({ port: 8080 }),
  kinds: ['ssh', 'local', 'netns'],
  root: false,
  tools: () => ['awk', 'grep', 'sed', 'sort', 'tr'],
  resolve: findProcesses,
  look: (host, { target }, signal) => presentTarget(host, target, signal),
  plan,
});

function plan({ target, params: given, looked }: Wanted<Params, Present>): Result<HostPlan> {
  const { pid, start, boot, host, children, carriesUs } = detailOf(target);
  const { tree } = looked;
  const stopped = tree.find(({ state }) => state === 'T' || state === 't');
  if (stopped?.pid === pid) {
    return fail({
      code: 'target-unsuitable',
      message: `${target.name} on the host ${host} is stopped already.`,
      fix: `If a run of aftershock left it so: \`aftershock heal --host ${host}\`. Else let it go on (\`kill -CONT ${pid}\`), or choose another process.`,
    });
  }
  const moving = tree.filter(({ state }) => state !== 'T' && state !== 't');
  const pins = moving.flatMap((row) => [String(row.pid), row.start]);
  const pids = moving.map((row) => row.pid).join(' ');
  const cuts = carriesUs || given.cuts_us_off === true;
  const left =
    stopped === undefined ? [] : [`pid ${stopped.pid} below it is stopped already, and is left so.`];
  return ok({
    inject: hostText(scripts.inject, [String(pid), start, children ? 'yes' : 'no']),
    undo: hostText(scripts.undo, [boot, ...pins]),
    probe: hostText(scripts.probe, [boot, String(pid), ...pins]),
    does: [`kill -STOP ${pids}${children ? ' # and what they start meanwhile' : ''}`],
    undoes: [`kill -CONT ${pids} # each only while it is the same process`],
    notes: [...left, ...cutNotes(cuts)],
    cutsControlPath: cuts,
  });
}
