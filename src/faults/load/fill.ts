import { z } from 'zod';
import type { Host } from '../../model/contracts/world.ts';
import { percentField, sizeField } from '../../model/fields.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { formatPercent } from '../../model/units.ts';
import { type HostPlan, hostFault, type Wanted, type WholeHost, wholeHost } from '../hosts/fault.ts';
import { KIB, mib, NOT_IN_NETNS, workerText } from './common.ts';
import { type Disk, diskOf, diskText, folderField, isInMemory, shownDisk, tooMuchMemory } from './disk.ts';

const params = z
  .strictObject({
    path: folderField.default('/'),
    percent: percentField({ min: 1 })
      .describe('Fills until this much is used, by everybody together, as `df` shows it')
      .exactOptional(),
    size: sizeField({ min: KIB }).describe('The size of our file').exactOptional(),
    reserve: sizeField().describe('Fills until this much is left free').exactOptional(),
  })
  .refine(({ percent, size, reserve }) => [percent, size, reserve].filter(isGiven).length === 1, {
    message: 'write exactly one of percent, size and reserve',
  });
type Params = z.infer<typeof params>;

const isGiven = (value: number | undefined): boolean => value !== undefined;

const code = workerText('fill-worker.sh');

export const diskFill = hostFault<Params, WholeHost, Disk>({
  name: 'disk.fill',
  summary: 'Fills a disk of a host with one file.',
  duration: 'held',
  undoKind: 'restores',
  params,
  target: wholeHost,
  example: [
    '- id: full',
    '  fault: disk.fill',
    '  target: { host: pg1 }',
    '  with: { path: /var/lib/postgresql, percent: 95% }',
    '  for: 60s',
  ].join('\n'),
  page: {
    does: 'Makes one file, `.aftershock-….fill` in the folder, by `fallocate`, or by writing zeros where the file system cannot do that. What is kept for root (reserved blocks) counts as neither used nor free, as with `df`; with `percent: 100%` or `reserve: 0B` nothing is free for others.',
    proof: '`statfs` of the folder: used and free space, and the blocks that our file has.',
    blade:
      '`blade create disk fill --path /var/lib/x --percent 95` (`--size` and `--reserve` in MB). Its file has one fixed name, and stays after a reboot; ours is named after its injection, and removed at boot.',
    notes: [
      'It fills once: space that others free during the fault stays free.',
      'On a file system that the records of aftershock lie on (/run/aftershock) it is refused.',
      'On a file system in memory (tmpfs) it takes memory; it is refused where that would not fit.',
    ],
  },
  kinds: ['ssh', 'local'],
  why: { netns: NOT_IN_NETNS },
  root: false,
  user: 'root there, or a user who may write to `path`',
  tools: () => ['dd', 'stat', 'grep'],
  lasting: (_, found) => !isInMemory(found),
  look: (host: Host, { params: { path } }, signal) => diskOf(host, path, signal),
  shown: { looked: shownDisk },
  plan,
});

function plan({ params: given, host, looked }: Wanted<Params, Disk>): Result<HostPlan> {
  const { path, mount, used, free } = looked;
  const amount = amountOf(given, looked);
  const no = refused({ host: host.name, amount, found: looked });
  if (no !== undefined) return fail(no);
  const goal = goalOf(given);
  return ok({
    inject: diskText('fill-inject.sh', [path, ...goal, code]),
    undo: diskText('fill-undo.sh', [path, mount]),
    probe: diskText('fill-probe.sh', [path, ...goal, mount]),
    does: [`fallocate -l ${Math.round(amount / KIB)}KiB ${fileIn(path)}`],
    undoes: [`rm -f ${fileIn(path)}`],
    notes: [
      `${formatPercent(Math.round((100 * used) / (used + free)))} of the file system of ${path} are used now, ${mib(free)} are free.`,
    ],
  });
}

const fileIn = (path: string): string => `${path === '/' ? '' : path}/.aftershock-*.fill`;

/** What the scripts are told: percent in hundredths, sizes in KiB. */
function goalOf({ percent, size, reserve }: Params): readonly [string, number] {
  if (percent !== undefined) return ['percent', Math.round(percent * 100)];
  return size === undefined
    ? ['reserve', Math.floor((reserve ?? 0) / KIB)]
    : ['size', Math.floor(size / KIB)];
}

/** Bytes that the file must have, as things are now. */
function amountOf({ percent, size, reserve }: Params, { used, free }: Disk): number {
  if (percent !== undefined) return ((used + free) * percent) / 100 - used;
  return size ?? free - (reserve ?? 0);
}

function refused({
  host,
  amount,
  found,
}: {
  host: string;
  amount: number;
  found: Disk;
}): Problem | undefined {
  const { path, free } = found;
  const no = (message: string, fix: string): Problem => ({ code: 'target-unsuitable', message, fix });
  if (found.ours)
    return no(
      `On the host ${host} the records that aftershock undoes by lie on the same file system as ${path}`,
      'Choose a folder on another file system.',
    );
  if (amount < KIB)
    return no(
      `${path} on the host ${host} is as full as that already: ${mib(free)} are free`,
      'Write a larger `percent`, a smaller `reserve`, or a `size`.',
    );
  if (amount > free)
    return no(
      `${path} on the host ${host} has ${mib(free)} free, and ${mib(amount)} are asked for`,
      'Write a smaller `size`; to fill it, write `percent: 100%`.',
    );
  return tooMuchMemory(host, found, amount);
}
