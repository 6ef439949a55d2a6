import { z } from 'zod';
import type { Host } from '../../model/contracts/world.ts';
import { durationField, percentField } from '../../model/fields.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { type HostPlan, hostFault, type Wanted, type WholeHost, wholeHost } from '../hosts/fault.ts';
import { endWorkers, loadText, lookAt, NOT_IN_NETNS, workersText, workerText } from './common.ts';

const MAX_RAMP_S = 3_600;

const params = z.strictObject({
  percent: percentField({ min: 1 })
    .describe('How much of each used core is taken, beside what others use')
    .default(100),
  cores: z
    .union([z.int().min(1), z.array(z.int().min(0)).min(1)], 'must be a number of cores, or a list of them')
    .describe('How many cores, or which: `[0, 2]`; all unless told')
    .exactOptional(),
  ramp: durationField({ max: MAX_RAMP_S }).describe('Grows to `percent` over this time').default(0),
});
type Params = z.infer<typeof params>;

/** The numbers of the cores that are online. */
type Cores = readonly number[];

const code = workerText('cpu-worker.sh');

export const cpuLoad = hostFault<Params, WholeHost, Cores>({
  name: 'cpu.load',
  summary: 'Keeps cores of a host busy.',
  duration: 'held',
  undoKind: 'restores',
  params,
  target: wholeHost,
  example: [
    '- id: busy',
    '  fault: cpu.load',
    '  target: { host: web1 }',
    '  with: { percent: 80%, cores: 2, ramp: 10s }',
    '  for: 60s',
  ].join('\n'),
  page: {
    inWords: true,
    does: 'Starts one worker a core: a shell that counts and rests so that its own CPU time is `percent` of the time that passes. Nothing is installed. With a list of cores each worker is bound to its own (`taskset`).',
    proof:
      'The workers’ own CPU time (`/proc/PID/stat`) over a second is what was asked for, to 15 points; where all cores are taken, together with the time that they waited for one (`/proc/PID/schedstat`). How busy the cores are (`/proc/stat`) is told beside it.',
    blade:
      '`blade create cpu fullload --cpu-percent 80 --cpu-count 2 --climb-time 10`. Its percentage is of the whole use of a core, so a core that is 50% busy gets 30 points; ours is added to what others use, so that the load does not depend on them.',
    notes: [
      'The workers run at ordinary priority and compete like any other process. Each ends by itself at the deadline, and when its record is gone.',
    ],
  },
  kinds: ['ssh', 'local'],
  why: { netns: NOT_IN_NETNS },
  root: false,
  user: 'any user there: the load is that user’s',
  tools: ({ cores }) => (Array.isArray(cores) ? ['taskset', 'grep'] : ['grep']),
  look: coresOf,
  shown: { looked: [0, 1, 2, 3] },
  plan,
});

async function coresOf(host: Host, _: unknown, signal: AbortSignal): Promise<Result<Cores>> {
  const ran = await lookAt(host, { name: 'cpu-look.sh', doing: 'count its cores' }, signal);
  return ran.ok ? ok(ran.value.stdout.split('\n').filter(Boolean).map(Number)) : ran;
}

function plan({ params: given, host, looked }: Wanted<Params, Cores>): Result<HostPlan> {
  const { percent, cores = looked.length, ramp } = given;
  const list = typeof cores === 'number' ? [] : [...new Set(cores)];
  const count = typeof cores === 'number' ? cores : list.length;
  if (count > looked.length || list.some((core) => !looked.includes(core)))
    return fail(noSuchCores(host.name, looked));
  const share = Math.round(percent);
  const shape = [share, Math.ceil(ramp), count, list.join(' ')];
  const where = list.length === 0 ? '' : `, on core ${list.join(', ')}`;
  const growing = ramp === 0 ? '' : `, growing to it over ${Math.ceil(ramp)} s`;
  return ok({
    inject: loadText('cpu-inject.sh', [code, ...shape]),
    undo: endWorkers(),
    probe: loadText('cpu-probe.sh', shape),
    does: [`start ${workersText(count)}, each busy for ${share}% of a core${where}${growing}`],
    undoes: [`kill -KILL the ${workersText(count)} noted in the record`],
  });
}

const noSuchCores = (host: string, online: Cores): Problem => ({
  code: 'target-unsuitable',
  message: `The host ${host} has ${online.length} cores: ${online.join(', ')}`,
  fix: 'Write `cores` as a number up to that, or as a list of these.',
});
