import fc from 'fast-check';
import { expect, test } from 'vitest';
import { trouble } from '../guard/fake-fault.ts';
import { sleep } from '../reach/clock.ts';
import { type FakeEntry, type FakeRun, type FakeRunOptions, fakeRun } from './fake-run.ts';
import { runSchedule } from './schedule.ts';
import { RunState } from './state.ts';

interface Scheduled extends FakeRun {
  state: RunState;
  ended: Promise<boolean>;
  /** The places in `told` of lines, in the order asked for. */
  order: (...lines: string[]) => number[];
}

function schedule(entries: readonly FakeEntry[], options: FakeRunOptions = {}): Scheduled {
  const run = fakeRun(entries, options);
  const state = new RunState(run.context);
  state.observe();
  const order = (...lines: string[]): number[] => lines.map((line) => run.told.indexOf(line));
  return { ...run, state, ended: runSchedule(state), order };
}

const ascending = (places: readonly number[]): number[] => {
  expect(places).not.toContain(-1);
  return [...places].sort((a, b) => a - b);
};
const inOrder = (places: readonly number[]): void => expect(places).toEqual(ascending(places));

async function until(run: FakeRun, line: string): Promise<void> {
  for (let tries = 0; tries < 1_000 && !run.told.includes(line); tries += 1) await sleep(5);
  expect(run.told).toContain(line);
}

/** When a step of an entry's first injection was told, in seconds. */
function timeOf(run: FakeRun, entry: string, step: string): number {
  const event = run.events.find(
    (one) => one.is === 'step' && one.step === step && one.record.injection.entry === entry,
  );
  return (event?.t ?? Number.NaN) / 1e9;
}

test('`at` counts from the first act, and what has no `for` is held until the last timed one ends', async () => {
  const run = schedule([{ id: 'a' }, { id: 'b', start: { on: 'time', at_s: 0.3 }, for_s: 0.2 }]);
  expect(await run.ended).toBe(true);
  expect(timeOf(run, 'b', 'acting') - timeOf(run, 'a', 'acting')).toBeGreaterThanOrEqual(0.29);
  expect(timeOf(run, 'b', 'undoing') - timeOf(run, 'b', 'effective')).toBeGreaterThanOrEqual(0.19);
  inOrder(run.order('a.0 acting', 'b.0 acting', 'b.0 closed', 'a.0 undoing'));
});

test('where all have an `at`, the earliest is the start', async () => {
  const run = schedule([
    { id: 'a', start: { on: 'time', at_s: 100 }, for_s: 0.1 },
    { id: 'b', start: { on: 'time', at_s: 100.2 }, for_s: 0.1 },
  ]);
  expect(await run.ended).toBe(true);
  inOrder(run.order('a.0 acting', 'b.0 acting'));
});

test('`after` an effect is while it is held; `after` an undo is when its target is proven to be as before', async () => {
  const run = schedule([
    { id: 'a', for_s: 0.1, script: { effect: () => sleep(50), recovered: () => sleep(50) } },
    { id: 'b', start: { on: 'effect', of: 'a' }, for_s: 0.4 },
    { id: 'c', start: { on: 'undone', of: 'a' }, for_s: 0.1 },
  ]);
  expect(await run.ended).toBe(true);
  inOrder(
    run.order('a.0 effective', 'b.0 prepare()', 'a.0 undoing', 'a.0 closed', 'c.0 prepare()', 'b.0 undoing'),
  );
});

test('`hold` is how long faults without a time are held, and undo goes in reverse order', async () => {
  const run = schedule([
    { id: 'a' },
    { id: 'b', start: { on: 'effect', of: 'a' } },
    { id: 'c', start: { on: 'effect', of: 'b' }, instant: true },
  ]);
  expect(await run.ended).toBe(true);
  expect(timeOf(run, 'b', 'undoing') - timeOf(run, 'c', 'effective')).toBeGreaterThanOrEqual(0.19);
  inOrder(run.order('c.0 effective', 'b.0 undo()', 'a.0 undo()'));
});

test('what starts when the release is over is held for `hold`', async () => {
  const run = schedule([
    { id: 'a', for_s: 0.05 },
    { id: 'b', start: { on: 'undone', of: 'a' } },
  ]);
  expect(await run.ended).toBe(true);
  expect(timeOf(run, 'b', 'undoing') - timeOf(run, 'b', 'effective')).toBeGreaterThanOrEqual(0.19);
});

test('nothing is held longer than `limits.duration`', async () => {
  const run = schedule([{ id: 'a' }, { id: 'b', for_s: 1.5 }], { duration_s: 0.2 });
  expect(await run.ended).toBe(true);
  inOrder(run.order('a.0 closed', 'b.0 undoing'));
});

test('`until` waits for its condition', async () => {
  const run = schedule([{ id: 'a', for_s: 0.1, until: { text: 'app.level.last > 1', within_s: 20 } }]);
  await sleep(300);
  expect(run.told).toEqual([]);
  run.level.value = 2;
  expect(await run.ended).toBe(true);
  expect(run.state.abortRecord).toBeUndefined();
  expect(run.told).toContain('a.0 effective');
});

test('`until` that does not come true within its time aborts: what is injected is undone', async () => {
  const run = schedule([
    { id: 'a' },
    { id: 'b', start: { on: 'effect', of: 'a' }, until: { text: 'app.level.last > 1', within_s: 0.3 } },
  ]);
  expect(await run.ended).toBe(true);
  expect(run.state.abortRecord).toMatchObject({ by: 'inject-failed' });
  expect(run.told).toContain('a.0 closed');
  expect(run.told.some((line) => line.startsWith('b.'))).toBe(false);
});

test.each(['prepare', 'arm', 'act', 'effect'] as const)(
  'an abort in the middle of %s undoes at once',
  async (step) => {
    const hangs = (signal: AbortSignal) =>
      sleep(60_000, signal).then(() =>
        step === 'effect' ? { is: 'unsure', evidence: '' } : trouble('cancelled'),
      );
    const run = schedule([
      { id: 'a' },
      { id: 'b', start: { on: 'effect', of: 'a' }, for_s: 60, script: { [step]: hangs } },
    ]);
    await until(run, `b.0 ${step}()`);
    run.state.abort('interrupt', 'ctrl-C');
    expect(await run.ended).toBe(true);
    expect(run.told).toContain('a.0 closed');
    const touched = step !== 'prepare';
    expect(run.told.includes('b.0 intent')).toBe(touched);
    if (touched) inOrder(run.order('b.0 undo()', 'a.0 undo()'));
    expect(run.told.includes('b.0 act()')).toBe(step === 'act' || step === 'effect');
  },
);

test('an abort during the hold ends it, in reverse order, though each has its own `for`', async () => {
  const run = schedule([
    { id: 'a', for_s: 60 },
    { id: 'b', start: { on: 'effect', of: 'a' }, for_s: 60 },
    { id: 'c', start: { on: 'time', at_s: 60 }, for_s: 60 },
  ]);
  await until(run, 'b.0 effective');
  run.state.abort('condition', 'too much');
  expect(await run.ended).toBe(true);
  inOrder(run.order('b.0 undo()', 'a.0 undo()'));
  expect(run.told.some((line) => line.startsWith('c.'))).toBe(false);
});

test('a fault whose preflight says yes but comes after an abort is not injected any more', async () => {
  const run = schedule([
    { id: 'a', for_s: 60 },
    { id: 'b', start: { on: 'effect', of: 'a' }, for_s: 60, script: { prepare: () => sleep(300) } },
  ]);
  await until(run, 'b.0 prepare()');
  run.state.abort('interrupt', 'ctrl-C');
  expect(await run.ended).toBe(true);
  expect(run.told).not.toContain('b.0 intent');
  expect(run.told).toContain('a.0 closed');
});

test.each(['prepare', 'arm', 'act'] as const)(
  'an injection that fails at %s undoes the earlier ones',
  async (step) => {
    const run = schedule([
      { id: 'a', for_s: 60 },
      { id: 'b', start: { on: 'effect', of: 'a' }, script: { [step]: () => trouble('no') } },
    ]);
    expect(await run.ended).toBe(true);
    expect(run.state.abortRecord).toMatchObject({ by: 'inject-failed', text: 'b: no' });
    expect(run.told).toContain('a.0 closed');
    expect(run.told.includes('b.0 closed')).toBe(step !== 'prepare');
  },
);

test.each(['prepare', 'arm', 'act', 'effect'] as const)(
  'a bug in %s aborts, and everything is undone',
  async (step) => {
    const run = schedule([
      { id: 'a', for_s: 60 },
      {
        id: 'b',
        start: { on: 'effect', of: 'a' },
        script: {
          [step]: () => {
            throw new TypeError('a bug');
          },
        },
      },
    ]);
    expect(await run.ended).toBe(true);
    expect(run.state.abortRecord?.text).toBe('internal error in the fault b: a bug');
    expect(run.told).toContain('a.0 closed');
    expect(run.told.includes('b.0 closed')).toBe(step !== 'prepare');
  },
);

test('several targets are made side by side, held when all are made; one that fails undoes the others', async () => {
  const run = schedule([{ id: 'a', targets: 3, for_s: 0.05 }]);
  expect(await run.ended).toBe(true);
  for (const made of ['a.0 effective', 'a.1 effective', 'a.2 effective'])
    for (const undone of ['a.2 undo()', 'a.1 undo()', 'a.0 undo()']) inOrder(run.order(made, undone));
  let acts = 0;
  const failing = schedule([
    {
      id: 'a',
      targets: 3,
      for_s: 60,
      script: {
        act: () => {
          acts += 1;
          return acts === 2 ? trouble('no') : undefined;
        },
      },
    },
  ]);
  expect(await failing.ended).toBe(true);
  expect(failing.state.abortRecord?.by).toBe('inject-failed');
  for (const number of [0, 1, 2]) {
    if (!failing.told.includes(`a.${number} intent`)) continue;
    inOrder(failing.order(`a.${number} intent`, `a.${number} undo()`, `a.${number} closed`));
  }
});

test('one that cannot be undone does not keep the others broken', async () => {
  let tries = 0;
  const stubborn = () => {
    tries += 1;
    return tries < 4 ? trouble('the host is away') : undefined;
  };
  const run = schedule([
    { id: 'a' },
    { id: 'b', start: { on: 'effect', of: 'a' }, script: { undo: stubborn } },
  ]);
  expect(await run.ended).toBe(true);
  inOrder(run.order('b.0 undo()', 'a.0 undo()', 'a.0 closed', 'b.0 undone'));
});

test('one whose target does not come back leaves the run unrestored', async () => {
  const run = schedule(
    [{ id: 'a', for_s: 0.05, script: { recovered: () => ({ is: 'no', evidence: 'one is missing' }) } }],
    { timing: { recover_within: 0.3 } },
  );
  expect(await run.ended).toBe(false);
  expect(run.told).not.toContain('a.0 disarm()');
  const records = [...run.state.records.values()];
  expect(records[0]?.failed).toContain('one is missing');
});

test('whatever the entries and whenever it aborts: all that was made is undone, later ones first', async () => {
  const starts = fc.constantFrom<FakeEntry['start']>(
    { on: 'begin' },
    { on: 'time', at_s: 0.03 },
    { on: 'effect', of: 'e0' },
  );
  const entries = fc
    .array(fc.record({ start: starts, for_s: fc.option(fc.constantFrom(0.01, 0.06), { nil: undefined }) }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((list) =>
      list.map(({ start, for_s }, n): FakeEntry => {
        const own = n === 0 ? { on: 'begin' as const } : (start ?? { on: 'begin' as const });
        return { id: `e${n}`, start: own, ...(for_s === undefined ? {} : { for_s }) };
      }),
    );
  const abortAfter = fc.option(fc.integer({ min: 0, max: 120 }), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(entries, abortAfter, async (list, abort_ms) => {
      // Well after the last start: an entry that a busy machine starts after the release is held by itself.
      const run = schedule(list, { timing: { hold: 0.12 } });
      if (abort_ms !== undefined) void sleep(abort_ms).then(() => run.state.abort('interrupt', 'x'));
      expect(await run.ended).toBe(true);
      const made = list.filter(({ id }) => run.told.includes(`${id}.0 intent`)).map(({ id }) => id);
      for (const id of made) expect(run.told.filter((line) => line === `${id}.0 closed`)).toHaveLength(1);
      const held = made.filter((id) => list.find((entry) => entry.id === id)?.for_s === undefined);
      const injected = held.toSorted(
        (a, b) => run.told.indexOf(`${a}.0 intent`) - run.told.indexOf(`${b}.0 intent`),
      );
      inOrder(run.order(...injected.toReversed().map((id) => `${id}.0 undone`)));
      expect(run.state.live.size).toBe(0);
    }),
    { numRuns: 40 },
  );
});

test('when all is undone nothing waits any more, however long `hold` is', async () => {
  const run = fakeRun([{ id: 'a', instant: true }], { timing: { hold: 600 } });
  let waiting = 0;
  const { clock } = run.context;
  const counting = async (ms: number, signal?: AbortSignal): Promise<void> => {
    waiting += 1;
    await clock.sleep(ms, signal);
    waiting -= 1;
  };
  const state = new RunState({ ...run.context, clock: { ...clock, sleep: counting } });
  state.observe();
  expect(await runSchedule(state)).toBe(true);
  expect(waiting).toBe(0);
});
