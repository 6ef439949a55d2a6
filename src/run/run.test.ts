import { afterEach, expect, test, vi } from 'vitest';
import { trouble } from '../guard/fake-fault.ts';
import { fail, ok } from '../model/result.ts';
import { sleep } from '../reach/clock.ts';
import { type FakeRun, fakeRun } from './fake-run.ts';
import { runExperiment } from './run.ts';

afterEach(() => vi.useRealTimers());

const steady = ['app.level.last >= 1'];
const phases = (run: FakeRun): string[] =>
  run.events.flatMap((event) => (event.is === 'phase' ? [event.phase] : []));
const markedAt = (run: FakeRun, is: string): number => {
  const mark = run.marks.find((one) => one.is === is);
  return mark !== undefined && 't' in mark ? mark.t / 1e9 : Number.NaN;
};

/** How many injections were open when it aborted. */
const openAtAbort = (run: FakeRun): number | undefined =>
  run.events.find((event) => event.is === 'abort')?.open;

async function seen(run: FakeRun, phase: string): Promise<void> {
  for (let tries = 0; tries < 1_000 && !phases(run).includes(phase); tries += 1) await sleep(5);
  expect(phases(run)).toContain(phase);
}

test('a run: baseline, fault, recovery, and its marks', async () => {
  const run = fakeRun([{ id: 'a', for_s: 0.1 }], { steady });
  const end = await runExperiment(run.context);
  expect(end).toMatchObject({ restored: true });
  expect(end.abort).toBeUndefined();
  expect(phases(run)).toEqual(['start', 'baseline', 'fault', 'recovery', 'end']);
  expect(run.marks.map(({ is }) => is).filter((is) => is !== 'injection')).toEqual([
    'start',
    'baseline',
    'ended',
  ]);
});

test('a baseline that is not steady: nothing is injected', async () => {
  const run = fakeRun([{ id: 'a' }], { steady });
  run.level.value = 0;
  const end = await runExperiment(run.context);
  expect(end.notStarted).toContain('did not hold in the baseline');
  expect(run.told).toEqual([]);
  expect(run.marks.map(({ is }) => is)).toContain('not-started');
});

test('an interrupt in the baseline: nothing is injected', async () => {
  const run = fakeRun([{ id: 'a' }], { timing: { baseline: 30 } });
  void seen(run, 'baseline').then(() => run.interrupt.abort('ctrl-C'));
  const end = await runExperiment(run.context);
  expect(end).toMatchObject({
    notStarted: 'aborted in the baseline',
    abort: { by: 'interrupt', text: 'ctrl-C' },
  });
  expect(run.told).toEqual([]);
  expect(openAtAbort(run)).toBe(0);
});

test('a signal that does not start: nothing is injected', async () => {
  const run = fakeRun([{ id: 'a' }], { observer: async () => fail(trouble('it is blind')) });
  const end = await runExperiment(run.context);
  expect(end.notStarted).toBe('it is blind');
  expect(run.told).toEqual([]);
});

test('the recovery waits until steady holds again', async () => {
  const run = fakeRun([{ id: 'a', for_s: 0.1 }], { steady, timing: { recover_within: 60 } });
  void seen(run, 'fault').then(() => {
    run.level.value = 0;
  });
  void seen(run, 'recovery')
    .then(() => sleep(1_000))
    .then(() => {
      run.level.value = 1;
    });
  expect(await runExperiment(run.context)).toMatchObject({ restored: true });
  expect(markedAt(run, 'ended') - lastUndone(run)).toBeGreaterThan(1);
});

const lastUndone = (run: FakeRun): number =>
  Math.max(
    ...run.events.flatMap((event) => (event.is === 'step' && event.step === 'undone' ? [event.t / 1e9] : [])),
  );

test('a recovery that does not come ends after `recover_within`', async () => {
  const run = fakeRun([{ id: 'a', for_s: 0.1 }], { steady, timing: { recover_within: 0.8 } });
  void seen(run, 'fault').then(() => {
    run.level.value = 0;
  });
  await runExperiment(run.context);
  const took_s = markedAt(run, 'ended') - lastUndone(run);
  expect(took_s).toBeGreaterThan(0.7);
  expect(took_s).toBeLessThan(10);
});

test('an interrupt during the recovery ends it; everything is undone by then', async () => {
  const run = fakeRun([{ id: 'a', for_s: 0.1 }], { timing: { watch: 60 } });
  void seen(run, 'recovery').then(() => run.interrupt.abort('SIGTERM'));
  const end = await runExperiment(run.context);
  expect(end).toMatchObject({ restored: true, abort: { by: 'interrupt' } });
  expect(run.told).toContain('a.0 closed');
  expect(openAtAbort(run)).toBe(0);
});

test('an abort condition undoes at once, and its recovery is watched; it cannot abort what is over', async () => {
  const abort = [{ text: 'app.level.last < 1', for_s: 0 }];
  const during = fakeRun([{ id: 'a', for_s: 60 }], { abort });
  void seen(during, 'fault').then(() => {
    during.level.value = 0;
  });
  expect(await runExperiment(during.context)).toMatchObject({ restored: true, abort: { by: 'condition' } });
  expect(phases(during)).toContain('recovery');
  expect(openAtAbort(during)).toBe(1);
  const after = fakeRun([{ id: 'a', for_s: 0.1 }], { abort, timing: { watch: 1.5 } });
  void seen(after, 'recovery').then(() => {
    after.level.value = 0;
  });
  expect((await runExperiment(after.context)).abort).toBeUndefined();
});

test('no faults: one window, nothing undone', async () => {
  const run = fakeRun([], { timing: { watch: 0.2 } });
  expect(await runExperiment(run.context)).toEqual({ injections: [], restored: true });
});

/** Only intervals run on the fake clock: five seconds pass at once. */
async function renewedWhile(run: FakeRun): Promise<ReturnType<typeof runExperiment>> {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const ended = runExperiment(run.context);
  for (let tries = 0; tries < 1_000 && !run.told.includes('a.0 effective'); tries += 1) await sleep(5);
  expect(run.told).toContain('a.0 effective');
  vi.advanceTimersByTime(5_100);
  return ended;
}

test.each([
  ['a lease that ran out', { renew: () => fail(trouble('the lease ran out')) }],
  ['a guardian that took over', { takenOver: () => 'undoing' as const }],
])('%s ends the run as cut short', async (_name, guard) => {
  let acted = false;
  const late = Object.fromEntries(
    Object.entries(guard).map(([name, answer]) => [
      name,
      () => (acted ? answer() : name === 'renew' ? ok(undefined) : undefined),
    ]),
  );
  const run = fakeRun(
    [
      {
        id: 'a',
        for_s: 60,
        script: {
          effect: () => {
            acted = true;
          },
        },
      },
    ],
    { guard: late },
  );
  const end = await renewedWhile(run);
  expect(end.abort?.by).toBe('cut-short');
  expect(end.injections[0]?.cutShort).toBeDefined();
  expect(run.told).toContain('a.0 closed');
});

test('a lock that somebody else has ends the run; an API that is away does not', async () => {
  const withLock = async (code: 'locked' | 'system-unreachable'): Promise<string | undefined> => {
    const run = fakeRun([{ id: 'a', for_s: 1 }]);
    const unable = async () => fail({ ...trouble('no'), code });
    const ground = { renew: unable, snapshot: async () => ok({}) } as never;
    const end = await renewedWhile({
      ...run,
      context: { ...run.context, ground: { ground, holder: { run: 'run', lease_s: 30 } } },
    });
    expect(end.restored).toBe(true);
    vi.useRealTimers();
    return end.abort?.by;
  };
  expect(await withLock('locked')).toBe('cut-short');
  expect(await withLock('system-unreachable')).toBeUndefined();
});

test('a bug while leases are renewed undoes everything and is told', async () => {
  const run = fakeRun([
    {
      id: 'a',
      for_s: 60,
      script: {
        renew: () => {
          throw new TypeError('a bug');
        },
      },
    },
  ]);
  const end = await renewedWhile(run);
  expect(end.abort?.text).toContain('internal error in the renewal of leases: a bug');
  expect(run.told).toContain('a.0 closed');
  expect(
    run.events.some((event) => event.is === 'trying' && event.problem.cause?.includes('TypeError')),
  ).toBe(true);
});

test('a target that does not take the renewal any more ends the run as cut short; one that is away does not', async () => {
  const told = async (code: 'inject-failed' | 'system-unreachable') => {
    const renew = () => ({ ...trouble('the host has undone it'), code });
    const end = await renewedWhile(fakeRun([{ id: 'a', for_s: 1, script: { renew } }]));
    vi.useRealTimers();
    return { by: end.abort?.by, cutShort: end.injections[0]?.cutShort };
  };
  expect(await told('inject-failed')).toEqual({ by: 'cut-short', cutShort: 'the host has undone it' });
  expect(await told('system-unreachable')).toEqual({ by: undefined, cutShort: undefined });
});
