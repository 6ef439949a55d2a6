import type { SeriesDescriptor } from '../../model/series.ts';
import type { HostLook, InterfaceLook } from './look.ts';

const BYTES_PER_MB = 1e6;

/** Two looks of one boot, and the seconds between them by the host's own clock. */
export interface Step {
  before: HostLook;
  after: HostLook;
  elapsed_s: number;
  /** The interface that is meant; all but `lo` unless told. */
  only: string | undefined;
}

interface Described {
  unit: string;
  summary: string;
  /** Smaller moves are chance (`SeriesDescriptor.noise`): what an idle machine does by itself within a minute. */
  noise: number;
}

/** A series that one look tells; undefined where the host does not. */
export interface LevelFigure extends Described {
  of(look: HostLook): number | undefined;
}

/** A series that takes two looks; undefined where it cannot be told, as after a counter began again. */
export interface RateFigure extends Described {
  over(step: Step): number | undefined;
}

const mb = (bytes: number | undefined): number | undefined =>
  bytes === undefined ? undefined : bytes / BYTES_PER_MB;

export const levels: Readonly<Record<string, LevelFigure>> = {
  memory_used_mb: {
    unit: 'MBy',
    noise: 16,
    summary: 'Memory that is not available to programs: total less available.',
    of: ({ memory }) => mb(memory && memory.totalBytes - memory.availableBytes),
  },
  memory_available_mb: {
    unit: 'MBy',
    noise: 16,
    summary: 'Memory that programs can still get without swapping (MemAvailable).',
    of: ({ memory }) => mb(memory?.availableBytes),
  },
  swap_used_mb: {
    unit: 'MBy',
    noise: 16,
    summary: 'Swap in use.',
    of: ({ memory }) => mb(memory?.swapUsedBytes),
  },
  pressure_cpu_percent: {
    unit: '%',
    noise: 5,
    summary:
      'PSI: share of the last 10 s in which some task waited for CPU; unknown where the kernel has none.',
    of: ({ pressure }) => pressure.cpu,
  },
  pressure_memory_percent: {
    unit: '%',
    noise: 5,
    summary: 'PSI: share of the last 10 s in which some task waited for memory.',
    of: ({ pressure }) => pressure.memory,
  },
  pressure_io_percent: {
    unit: '%',
    noise: 5,
    summary: 'PSI: share of the last 10 s in which some task waited for a disk.',
    of: ({ pressure }) => pressure.io,
  },
  disk_free_mb: {
    unit: 'MBy',
    noise: 16,
    summary: 'What users without special rights can still write below `path`.',
    of: ({ space }) => mb(space?.freeBytes),
  },
  disk_free_percent: {
    unit: '%',
    noise: 1,
    summary: 'The same in percent of what they can use in all, as `df` counts it.',
    of: ({ space }) => {
      const all = space && space.freeBytes + space.usedBytes;
      return space && all !== undefined && all > 0 ? (100 * space.freeBytes) / all : undefined;
    },
  },
  load1: { unit: '1', noise: 1, summary: 'Load average of one minute.', of: ({ load1 }) => load1 },
  processes: {
    unit: '1',
    noise: 10,
    summary: 'How many processes there are.',
    of: ({ processes }) => processes,
  },
};

export const rates: Readonly<Record<string, RateFigure>> = {
  cpu_percent: {
    unit: '%',
    noise: 5,
    summary: 'CPU in use, in percent of all cores: 100 is all of them. Neither idle, nor waiting for a disk.',
    over: (step) => cpuShare(step, 'used'),
  },
  cpu_steal_percent: {
    unit: '%',
    noise: 5,
    summary: 'CPU that the hypervisor gave to others while we wanted it, in percent of all cores.',
    over: (step) => cpuShare(step, 'stolen'),
  },
  disk_read_mb_per_s: {
    unit: 'MBy/s',
    noise: 1,
    summary: 'Read from all disks of the host together.',
    over: ({ before, after, elapsed_s }) =>
      mb(grown(before.disk?.readBytes, after.disk?.readBytes, elapsed_s)),
  },
  disk_write_mb_per_s: {
    unit: 'MBy/s',
    noise: 1,
    summary: 'Written to all disks of the host together.',
    over: ({ before, after, elapsed_s }) =>
      mb(grown(before.disk?.writtenBytes, after.disk?.writtenBytes, elapsed_s)),
  },
  network_received_mb_per_s: {
    unit: 'MBy/s',
    noise: 0.1,
    summary: 'Received on `interface`, or on all but lo; a bridge counts beside what lies below it.',
    over: (step) => mb(interfaceRate(step, 'receivedBytes')),
  },
  network_sent_mb_per_s: {
    unit: 'MBy/s',
    noise: 0.1,
    summary: 'Sent, in the same way.',
    over: (step) => mb(interfaceRate(step, 'sentBytes')),
  },
  network_drops_per_s: {
    unit: '1/s',
    noise: 1,
    summary:
      'Packets that an interface dropped, both directions; what a queue or a firewall drops may not count.',
    over: (step) => interfaceRate(step, 'drops'),
  },
  network_errors_per_s: {
    unit: '1/s',
    noise: 1,
    summary: 'Errors of an interface, both directions.',
    over: (step) => interfaceRate(step, 'errors'),
  },
};

/** The same for both kinds. */
export const figureSeries = (): SeriesDescriptor[] =>
  Object.entries<Described>({ ...rates, ...levels }).map(([name, { unit, summary, noise }]) => ({
    name,
    family: 'gauge',
    unit,
    summary,
    noise,
  }));

/** Per second; undefined where either is unknown, or the counter began again. */
const grown = (
  before: number | undefined,
  after: number | undefined,
  elapsed_s: number,
): number | undefined =>
  before === undefined || after === undefined || after < before ? undefined : (after - before) / elapsed_s;

function cpuShare({ before, after }: Step, of: 'used' | 'stolen'): number | undefined {
  const [from, to] = [before.cpu, after.cpu];
  if (from === undefined || to === undefined) return undefined;
  // The kernel may take a little back of its idle time (proc_stat(5)).
  const ticks = (name: 'used' | 'idle' | 'stolen'): number => Math.max(0, to[name] - from[name]);
  const all = ticks('used') + ticks('idle') + ticks('stolen');
  return all > 0 ? (100 * ticks(of)) / all : undefined;
}

function interfaceRate(
  { before, after, elapsed_s, only }: Step,
  of: keyof InterfaceLook,
): number | undefined {
  let sum: number | undefined;
  for (const [name, look] of after.interfaces) {
    if (only === undefined ? name === 'lo' : name !== only) continue;
    const rate = grown(before.interfaces.get(name)?.[of], look[of], elapsed_s);
    // What came up just now has no rate yet; one that began again spoils the sum.
    if (rate === undefined && before.interfaces.has(name)) return undefined;
    sum = (sum ?? 0) + (rate ?? 0);
  }
  return sum;
}
