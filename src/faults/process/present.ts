import type { Host } from '../../model/contracts/world.ts';
import type { Target } from '../../model/injection.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { lookAtProcesses, type ProcessLook, type ProcessRow } from '../../reach/hosts/processes.ts';
import { runScript, scriptOf } from '../../reach/hosts/script.ts';
import { lookFor, type Selection, select, treeOf } from '../../reach/hosts/select.ts';
import { detailOf, type ProcessDetail, processFile } from './target.ts';

/** A target as it is now, before anything is done to it. */
export interface Present {
  row: ProcessRow;
  /** The process, and everything below it where that belongs to the target. */
  tree: readonly ProcessRow[];
  /** What its selection matches now, itself among them. */
  alike: readonly ProcessRow[];
  owner: string;
  /** Who we are on that host. */
  us: string;
}

const may = scriptOf(processFile('may.sh'));

/** Looks at a target: that it still runs, and that we may send signals to it. Reads only. */
export async function presentTarget(
  host: Host,
  target: Target,
  signal: AbortSignal,
): Promise<Result<Present>> {
  const detail = detailOf(target);
  const look = await lookAtProcesses(host, lookFor(detail.selection), signal);
  if (!look.ok) return look;
  const row = pinnedRow(look.value, detail);
  if (row === undefined) return fail(gone(target, detail));
  const tree = detail.children ? treeOf(look.value, row.pid) : [row];
  const args = tree.map(({ pid }) => String(pid));
  const doing = 'see whether we may send signals';
  const asked = await runScript(host, { script: may, args, doing, code: 'rights-missing' }, signal);
  if (!asked.ok) return asked;
  const answers = asked.value.stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const us = answers.at(-1)?.[2] ?? '?';
  const forbidden = answers.find(([pid, allowed]) => allowed === 'no' && look.value.rows.has(Number(pid)));
  if (forbidden !== undefined) return fail(notOurs(forbidden, { us, host: host.name }));
  const alike = select(look.value, detail.selection);
  return ok({ row, tree, alike, owner: answers[0]?.[2] ?? '?', us });
}

/** What a plan says of a target through which we come to its host. */
export const cutNotes = (cuts: boolean): string[] =>
  cuts
    ? [
        'It can cut our own way to the host: its lease is its deadline, and the host undoes it by itself then.',
      ]
    : [];

/** The very process that was pinned, if it still runs. */
function pinnedRow(look: ProcessLook, { pid, start, boot }: ProcessDetail): ProcessRow | undefined {
  const row = look.rows.get(pid);
  return row?.start === start && look.boot === boot ? row : undefined;
}

const gone = (target: Target, { host }: ProcessDetail): Problem => ({
  code: 'target-missing',
  message: `${target.name} on the host ${host} has ended, and not by us.`,
  fix: 'Run it again: the process is looked for anew.',
});

function notOurs([pid = '', , owner = '']: string[], { us, host }: { us: string; host: string }): Problem {
  return {
    code: 'rights-missing',
    message: `${us} may not send signals to pid ${pid} of ${owner} on the host ${host}.`,
    fix: owner === 'root' ? 'Run aftershock as root.' : `Run aftershock as ${owner} or as root.`,
  };
}

/** A process as pages show it: what a host could have answered. */
export function shownTarget(selection: Selection): { detail: ProcessDetail; looked: Present } {
  const row: ProcessRow = {
    ...{ pid: 812, ppid: 1, session: 812, start: '4711', state: 'S', comm: 'node' },
    ...{ cpuTicks: 0, rssBytes: 0, threads: 1, exe: '/usr/bin/node', command: 'node server.js' },
  };
  const { pid, start } = row;
  const pinned = { host: 'here', pid, start, boot: 'shown', children: false, carriesUs: false };
  return {
    detail: { ...pinned, selection, program: 'node' },
    looked: { row, tree: [row], alike: [row], owner: 'root', us: 'root' },
  };
}
