import { z } from 'zod';
import type { Host } from '../../model/contracts/world.ts';
import { durationField, percentField, sizeField } from '../../model/fields.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { formatPercent } from '../../model/units.ts';
import { type HostPlan, hostFault, type Wanted, type WholeHost, wholeHost } from '../hosts/fault.ts';
import { endWorkers, KIB, loadText, lookAt, mib, NOT_IN_NETNS, workerText } from './common.ts';
import { floorOf, reserveField } from './reserve.ts';

const MAX_RAMP_S = 3_600;

const params = z
  .strictObject({
    percent: percentField({ min: 1 })
      .describe('Fills until this much of all memory is used, by everybody together')
      .exactOptional(),
    size: sizeField({ min: 2 ** 20 })
      .describe('Holds this much, whatever others use')
      .exactOptional(),
    reserve: reserveField('What always stays available').exactOptional(),
    ramp: durationField({ max: MAX_RAMP_S }).describe('Grows to it over this time').default(0),
    oom: z
      .enum(['avoided', 'allowed'])
      .describe('`allowed`: no reserve is kept, and the kernel may have to end processes (ours first)')
      .default('avoided'),
  })
  .refine(({ percent, size }) => (percent === undefined) !== (size === undefined), {
    message: 'write exactly one of percent and size',
  })
  .refine(({ reserve, oom }) => reserve === undefined || oom === 'avoided', {
    message: 'with `oom: allowed` no reserve is kept: leave one of them out',
  });
type Params = z.infer<typeof params>;

/** Memory of the host, in bytes. */
interface Memory {
  total: number;
  available: number;
}

const GIB = 2 ** 30;
const RESERVE = { percent: 5, bytes: 64 * 2 ** 20 };
/** One buffer of dd: small enough to be given back in steps, large enough that few processes hold all. */
const CHUNKS = 32;
const MIN_CHUNK = 4 * 2 ** 20;
const MAX_CHUNK = 512 * 2 ** 20;

const code = workerText('memory-worker.sh');

export const memoryLoad = hostFault<Params, WholeHost, Memory>({
  name: 'memory.load',
  summary: 'Fills the memory of a host, and leaves a reserve.',
  duration: 'held',
  undoKind: 'restores',
  params,
  target: wholeHost,
  example: [
    '- id: tight',
    '  fault: memory.load',
    '  target: { host: web1 }',
    '  with: { percent: 90%, ramp: 10s }',
    '  for: 60s',
  ].join('\n'),
  page: {
    inWords: true,
    does: 'Holds memory in buffers of `dd` that were written to (`dd if=/dev/zero bs=…` into a pipe that nobody reads), so nothing is installed. A worker adds buffers until `percent` of all memory is used or `size` is held. Twice a second it looks at MemAvailable and ends buffers that others need. All of it is the first that the kernel ends when memory runs out (oom_score_adj 1000).',
    proof:
      'RssAnon and VmSwap of the buffers (`/proc/PID/status`) sum up to at least 90% of what was asked for; MemAvailable before and now is told beside it.',
    blade:
      '`blade create mem load --mode ram --mem-percent 80 --reserve 200`. It may drive the host into the OOM killer unless a reserve is given; here a reserve is kept unless `oom: allowed`. There is no mode for page cache: the kernel gives that back by itself.',
    notes: [
      '`percent` counts what is not available (MemTotal - MemAvailable): page cache that can be dropped is not used memory.',
      'Where others take memory meanwhile, ours shrinks: the reserve is kept before the load.',
      'On a host with swap the kernel may swap the buffers out instead.',
    ],
  },
  kinds: ['ssh', 'local'],
  why: { netns: NOT_IN_NETNS },
  root: false,
  user: 'any user there: the load is that user’s',
  tools: () => ['dd', 'mkfifo', 'grep'],
  look: memoryOf,
  shown: { looked: { total: 4 * GIB, available: 3 * GIB } },
  plan,
});

async function memoryOf(host: Host, _: unknown, signal: AbortSignal): Promise<Result<Memory>> {
  const ran = await lookAt(host, { name: 'memory-look.sh', doing: 'read its memory' }, signal);
  if (!ran.ok) return ran;
  const [total = 0, available = 0] = ran.value.stdout.trim().split(' ').map(Number);
  return ok({ total: total * KIB, available: available * KIB });
}

function plan({ params: given, host, looked }: Wanted<Params, Memory>): Result<HostPlan> {
  const { percent, size, ramp } = given;
  const { total, available } = looked;
  const reserve = given.oom === 'allowed' ? 0 : floorOf(given.reserve, { ...RESERVE, of: total });
  const chunk = Math.min(Math.max(total / CHUNKS, MIN_CHUNK), MAX_CHUNK);
  const wantedFree = percent === undefined ? reserve : (total * (100 - percent)) / 100;
  if (wantedFree < reserve) return fail(intoReserve({ host: host.name, reserve, total }));
  const room = available - wantedFree;
  if (room < (size ?? MIN_CHUNK))
    return fail(size === undefined ? fuller(host.name, looked) : tooLarge(host.name, { room, reserve }));
  const most = size ?? (total * (percent ?? 0)) / 100;
  // Others' memory comes and goes: a buffer is not given back for less than itself.
  const floor = percent === undefined ? reserve : Math.max(reserve, wantedFree - chunk);
  const inKib = [most, wantedFree, floor, chunk].map((bytes) => Math.floor(bytes / KIB));
  const what = percent === undefined ? mib(most) : `memory until ${formatPercent(percent)} of it is used`;
  const growing = ramp === 0 ? '' : `, growing to it over ${Math.ceil(ramp)} s`;
  return ok({
    inject: loadText('memory-inject.sh', [code, ...inKib, Math.ceil(ramp)]),
    undo: endWorkers(),
    probe: loadText('memory-probe.sh'),
    does: [`hold ${what}, in buffers of dd${growing}; ${mib(reserve)} always stay available`],
    undoes: ['kill -KILL the worker noted in the record; its buffers end with it'],
    notes: [`${mib(available)} of ${mib(total)} are available on the host ${host.name} now.`],
  });
}

const intoReserve = ({
  host,
  reserve,
  total,
}: {
  host: string;
  reserve: number;
  total: number;
}): Problem => ({
  code: 'target-unsuitable',
  message: `Of ${mib(total)} on the host ${host}, ${mib(reserve)} stay in reserve: that is more than this percentage leaves`,
  fix: 'Write a smaller `percent`, a smaller `reserve`, or `oom: allowed`.',
});

const fuller = (host: string, { total, available }: Memory): Problem => ({
  code: 'target-unsuitable',
  message: `The memory of the host ${host} is as full as that already: ${mib(available)} of ${mib(total)} are available`,
  fix: 'Write a larger `percent`.',
});

const tooLarge = (host: string, { room, reserve }: { room: number; reserve: number }): Problem => ({
  code: 'target-unsuitable',
  message: `The host ${host} has ${mib(Math.max(0, room))} of memory to fill, besides a reserve of ${mib(reserve)}`,
  fix: 'Write a smaller `size`, or a smaller `reserve`.',
});
