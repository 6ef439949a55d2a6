import { expect, test } from 'vitest';
import { trouble } from '../guard/fake-fault.ts';
import { type FakeEntry, type FakeRun, type FakeRunOptions, fakeRun } from './fake-run.ts';
import { runSchedule } from './schedule.ts';
import { RunState } from './state.ts';

async function through(
  entry: Omit<FakeEntry, 'id'>,
  options: FakeRunOptions = {},
): Promise<FakeRun & { state: RunState }> {
  const run = fakeRun([{ id: 'a', for_s: 0.05, ...entry }], options);
  const state = new RunState(run.context);
  await runSchedule(state);
  return { ...run, state };
}

const steps = (run: FakeRun): string[] => run.told.map((line) => line.replace('a.0 ', ''));

test('the order of the guarantee: each step stands in the journal before the next begins', async () => {
  expect(steps(await through({}))).toEqual([
    'prepare()',
    'intent',
    'arm()',
    'armed',
    'acting',
    'act()',
    'acted',
    'effect()',
    'effective',
    'undoing',
    'undo()',
    'undone',
    'recovered()',
    'recovered',
    'disarm()',
    'closed',
  ]);
});

test.each([
  ['intent', ['prepare()']],
  ['armed', ['prepare()', 'intent', 'arm()', 'undo()', 'recovered()', 'disarm()']],
  ['acting', ['prepare()', 'intent', 'arm()', 'armed', 'undo()', 'recovered()', 'disarm()']],
  [
    'acted',
    ['prepare()', 'intent', 'arm()', 'armed', 'acting', 'act()', 'undo()', 'recovered()', 'disarm()'],
  ],
] as const)(
  'a journal that cannot take %s: nothing follows, and what was made is undone',
  async (full, expected) => {
    const run = await through({}, { journalFull: (_entry, step) => step === full });
    expect(steps(run)).toEqual(expected);
    expect(run.state.abortRecord).toMatchObject({ by: 'inject-failed', text: 'a: the journal is full' });
    // What was not acted on is not told as if it had been.
    expect(run.state.origin !== undefined).toBe(full === 'acted');
    expect(run.state.records.size).toBe(full === 'intent' ? 0 : 1);
  },
);

test('a full journal during the undo does not keep us from undoing', async () => {
  const run = await through({}, { journalFull: (_entry, step) => step === 'undoing' });
  expect(steps(run).slice(-3)).toEqual(['undo()', 'recovered()', 'disarm()']);
  expect([...run.state.records.values()][0]?.recovered).toBeDefined();
});

test('nothing acts when the lease ran out between the journal and the act', async () => {
  const run = await through({}, { guard: { mayAct: () => ({ ok: false, problem: trouble('too late') }) } });
  expect(steps(run)).not.toContain('act()');
  expect(steps(run)).toContain('undo()');
  expect(run.state.abortRecord?.text).toBe('a: too late');
});

test('what the guardian has closed is not touched again, and counts as cut short', async () => {
  let closed = false;
  const run = await through(
    {
      script: {
        effect: () => {
          queueMicrotask(() => {
            closed = true;
          });
        },
      },
    },
    { guard: { takenOver: () => (closed ? 'closed' : undefined) } },
  );
  expect(steps(run)).not.toContain('undo()');
  expect(steps(run)).not.toContain('recovered()');
  const [record] = run.state.records.values();
  expect(record?.cutShort).toContain('its guardian undid it');
  expect(record?.recovered).toBeDefined();
  expect(run.state.abortRecord?.by).toBe('cut-short');
});

test('an act that ended after the guardian began to undo is undone by us', async () => {
  let closed = false;
  const act = () => {
    closed = true;
  };
  const run = await through(
    { script: { act } },
    { guard: { takenOver: () => (closed ? 'closed' : undefined) } },
  );
  expect(steps(run)).toContain('undo()');
});

test('the deadline leaves room for making all targets of an entry, so the guardian does not cut in', async () => {
  for (const [targets, deadline_s] of [
    [16, 130.05],
    [17, 230.05],
  ] as const) {
    const run = await through({ targets, for_s: 0.05 });
    const deadlines = [...run.state.records.values()].map(({ injection }) => injection.deadline_s);
    expect(deadlines).toEqual(Array.from({ length: targets }, () => deadline_s));
  }
});
