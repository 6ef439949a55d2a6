import { z } from 'zod';
import type { Host } from '../../model/contracts/world.ts';
import { sizeField } from '../../model/fields.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { formatSize } from '../../model/units.ts';
import { type HostPlan, hostFault, type Wanted, type WholeHost, wholeHost } from '../hosts/fault.ts';
import { KIB, mib, NOT_IN_NETNS, workersText, workerText } from './common.ts';
import { type Disk, diskOf, diskText, folderField, isInMemory, shownDisk } from './disk.ts';
import { floorOf, reserveField } from './reserve.ts';

const modes = z.enum(['read', 'write', 'fsync']);
type Mode = z.infer<typeof modes>;

const MIB = KIB * KIB;
const MAX_WORKERS = 64;
const RESERVE = { percent: 5, bytes: 256 * MIB };
const blocks: Readonly<Record<Mode, number>> = { read: MIB, write: MIB, fsync: 4 * KIB };

const params = z
  .strictObject({
    path: folderField.default('/'),
    mode: z
      .union([modes, z.array(modes).min(1)], 'must be read, write or fsync, or a list of them')
      .describe('`fsync`: small writes, each waited for until it is on the disk, as of a database’s log')
      .default('write'),
    workers: z.int().min(1).max(MAX_WORKERS).describe('For each mode').default(1),
    block: sizeField({ min: 512, max: 64 * MIB })
      .describe('Read or written at once; 1Mi unless told, 4Ki for `fsync`')
      .exactOptional(),
    size: sizeField({ min: MIB })
      .describe('Of each worker’s file')
      .default(64 * MIB),
    reserve: reserveField(
      'Of free space that the files leave; the larger of 5% and 256Mi unless told',
    ).exactOptional(),
  })
  .refine(({ block, size }) => (block ?? 0) <= size, { message: 'a block is larger than the file' });
type Params = z.infer<typeof params>;

const code = workerText('disk-load-worker.sh');

export const diskLoad = hostFault<Params, WholeHost, Disk>({
  name: 'disk.load',
  summary: 'Keeps a disk of a host busy with reads, writes or fsyncs.',
  duration: 'held',
  undoKind: 'restores',
  params,
  target: wholeHost,
  example: [
    '- id: slow-disk',
    '  fault: disk.load',
    '  target: { host: pg1 }',
    '  with: { path: /var/lib/postgresql, mode: [write, fsync], workers: 2 }',
    '  for: 60s',
  ].join('\n'),
  page: {
    inWords: true,
    does: 'Each worker runs `dd` on a file of its own, again and again: `write` and `read` past the page cache (`oflag=direct`, `iflag=direct`), `fsync` with each small block on the disk before the next (`oflag=dsync`). Where `dd` or the file system cannot do that, with `conv=fsync` after each pass. The files have no name any more when the work begins, so a reboot leaves nothing of them.',
    proof:
      'What the kernel counts as read from and written to disks for the workers (`/proc/PID/io`) grows; how busy the device was (`/proc/diskstats`) is told beside it.',
    blade:
      '`blade create disk burn --read --write --size 10 --path /var/lib/x`. It keeps files of fixed names (`chaos_burnio.*`) in the folder; here they are nameless.',
    notes: [
      'It takes what the disk gives: how slow others become depends on the disk and its scheduler. There is no rate.',
    ],
  },
  kinds: ['ssh', 'local'],
  why: { netns: NOT_IN_NETNS },
  root: false,
  user: 'root there, or a user who may write to `path`',
  tools: () => ['dd', 'stat', 'grep'],
  look: (host: Host, { params: { path } }, signal) => diskOf(host, path, signal),
  shown: { looked: shownDisk },
  plan,
});

function plan({ params: given, host, looked }: Wanted<Params, Disk>): Result<HostPlan> {
  const { path, device, used, free } = looked;
  const { workers, size } = given;
  const wanted = [...new Set([given.mode].flat())];
  const count = wanted.length * workers;
  const reserve = floorOf(given.reserve, { ...RESERVE, of: used + free });
  const no = inMemory(host.name, looked);
  if (no !== undefined) return fail(no);
  if (count * size > free - reserve) return fail(noRoom(host.name, looked, { size: count * size, reserve }));
  const pairs = wanted.map((mode) => `${mode}:${given.block ?? blocks[mode]}`);
  const [reads, writes] = [wanted.includes('read'), wanted.some((mode) => mode !== 'read')].map(yesNo);
  return ok({
    inject: diskText('disk-load-inject.sh', [path, code, size, workers, ...pairs]),
    undo: diskText('disk-load-undo.sh', [path]),
    probe: diskText('disk-load-probe.sh', [count, device, reads ?? '', writes ?? '']),
    does: wanted.map(
      (mode) =>
        `${mode} by ${workers} × dd bs=${formatSize(given.block ?? blocks[mode])} in nameless files of ${formatSize(size)} in ${path}`,
    ),
    undoes: [`kill -KILL the ${workersText(count)} noted in the record; their files go with them`],
  });
}

const yesNo = (is: boolean): string => (is ? 'yes' : 'no');

const inMemory = (host: string, found: Disk): Problem | undefined =>
  isInMemory(found)
    ? {
        code: 'target-unsuitable',
        message: `${found.path} on the host ${host} lies in memory (${found.type}), on no disk`,
        fix: 'Choose a folder on a disk of the host.',
      }
    : undefined;

const noRoom = (
  host: string,
  { path, free }: Disk,
  { size, reserve }: { size: number; reserve: number },
): Problem => ({
  code: 'target-unsuitable',
  message: `${path} on the host ${host} has ${mib(free)} free; files of ${mib(size)} would not leave a reserve of ${mib(reserve)}`,
  fix: 'Write a smaller `size`, fewer `workers`, or a smaller `reserve`.',
});
