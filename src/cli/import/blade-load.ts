import { type BladeAction, type Given, given } from './given.ts';

const CGROUP = 'aftershock loads the host itself, not a control group of it';

/** Of everything: more would end in the host's out-of-memory killer. */
const MOST_MEMORY = 95;
const MOST_MIB = 2 ** 30;
const MOST_CORES = 4_096;
const MOST_CLIMB_S = 600;

export const cpuLoad: BladeAction = {
  flags: {
    'cpu-percent': 'value',
    'cpu-count': 'value',
    'cpu-list': 'value',
    'climb-time': 'value',
    'cgroup-root': 'value',
  },
  without: { 'cgroup-root': CGROUP },
  turn: (from) => {
    const percent = from.number('cpu-percent', { min: 0, max: 100 }) ?? 100;
    const count = from.number('cpu-count', { min: 0, max: MOST_CORES });
    const list = coresIn(from);
    const ramp = from.number('climb-time', { min: 0, max: MOST_CLIMB_S });
    if (percent < 1) from.wrong(noLoad('cpu-percent'));
    if (list !== undefined && count !== undefined)
      from.note('--cpu-count is not carried over: --cpu-list wins over it.');
    from.note(
      'percent: ChaosBlade aims at that use of a core by everybody together; aftershock adds it to what others use.',
    );
    const cores = list ?? (count === 0 ? undefined : count);
    const params = given({ percent: `${percent}%`, cores, ramp: ramp ? `${ramp}s` : undefined });
    return [{ id: 'cpu', fault: 'cpu.load', with: params }];
  },
};

/** `0,3` or `1-3`. */
function coresIn(from: Given): number[] | undefined {
  const parts = from.list('cpu-list');
  if (parts === undefined) return undefined;
  const cores = parts.flatMap((part) => {
    const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? [];
    const [begin, end] = [Number(first), Number(last)];
    return end >= begin ? Array.from({ length: end - begin + 1 }, (_, at) => begin + at) : [Number.NaN];
  });
  if (cores.length > 0 && cores.every((core) => Number.isInteger(core))) return [...new Set(cores)];
  from.wrong({
    message: '`--cpu-list` is no list of cores',
    expected: '0,3 or 1-3',
    fix: 'Write the numbers of the cores, from 0.',
  });
  return undefined;
}

export const memLoad: BladeAction = {
  flags: {
    mode: 'value',
    'mem-percent': 'value',
    reserve: 'value',
    rate: 'value',
    'include-buffer-cache': 'switch',
    'avoid-being-killed': 'switch',
    'cgroup-root': 'value',
  },
  without: {
    'cgroup-root': CGROUP,
    'avoid-being-killed':
      'the load is the first that the kernel ends when memory runs out, so that it never costs a process of yours',
  },
  turn: (from) => {
    const wanted = from.number('mem-percent', { min: 0, max: 100 });
    const reserve = from.number('reserve', { min: 0, max: MOST_MIB });
    memNotes(from);
    if (wanted === undefined && reserve !== undefined) from.wrong(onlyReserve);
    if (wanted !== undefined && wanted < 1) from.wrong(noLoad('mem-percent'));
    if (wanted !== undefined && reserve !== undefined)
      from.note('--reserve is not carried over: --mem-percent wins over it.');
    const percent = Math.min(wanted ?? 100, MOST_MEMORY);
    if (percent !== (wanted ?? 100))
      from.note(
        `percent: ${wanted ?? 100}% would end in the host's out-of-memory killer; here it is ${percent}%. With \`oom: allowed\` it can be more.`,
      );
    return [{ id: 'memory', fault: 'memory.load', with: { percent: `${percent}%` } }];
  },
};

function memNotes(from: Given): void {
  const mode = from.text('mode');
  if (mode !== undefined && mode !== 'ram' && mode !== 'cache')
    from.wrong({
      message: `there is no \`--mode ${mode}\``,
      expected: 'ram or cache',
      fix: 'Write `--mode ram`.',
    });
  if (mode !== 'ram')
    from.note(
      `${mode === undefined ? 'Without --mode ram' : 'With --mode cache'} ChaosBlade means page cache, which the kernel gives back by itself; here a process holds the memory.`,
    );
  const rate = from.number('rate', { min: 0, max: MOST_MIB });
  if (rate !== undefined && rate > 0)
    from.note(
      `--rate ${rate} (MB a second) is not carried over: write \`ramp:\`, the time in which the memory is taken.`,
    );
  if (from.is('include-buffer-cache'))
    from.note(
      '--include-buffer-cache is not carried over: used is what is not available (MemTotal - MemAvailable), so cache that can be dropped does not count.',
    );
}

const onlyReserve = {
  message: '`--reserve` alone has no equivalent: memory.load is told what to take',
  fix: 'Give `--mem-percent`, or write memory.load with `size:` by hand (aftershock faults memory.load).',
};

const noLoad = (flag: string) => ({
  message: `\`--${flag} 0\` is no load`,
  fix: `Write \`--${flag} 80\`.`,
});
