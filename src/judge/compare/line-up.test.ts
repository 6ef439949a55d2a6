import { expect, test } from 'vitest';
import { fakeRun } from '../../report/fake/fake-run.ts';
import { lineUp } from './line-up.ts';
import { standingOut } from './standing-out.ts';
import { talliedRun, tallyOf } from './tally.ts';

const rows = lineUp([fakeRun('scale'), fakeRun('latency'), fakeRun('errors')]);
const row = (text: string) => rows.find((one) => one.text === text);

test('a bare measure is taken as predictions take it, and held against the first run', () => {
  const p95 = row('votes.p95_ms');
  expect(p95?.unit).toBe('ms');
  const [base, latency] = p95?.cells ?? [];
  expect(base?.change).toBeUndefined();
  expect(latency?.measured).toMatchObject({ is: 'value', value: expect.closeTo(506, -1) });
  expect(latency?.change?.ratio).toMatchObject({ is: 'value', value: expect.closeTo(49, -1) });
});

test('another run can be the one that the others are held against', () => {
  const [first, second] =
    lineUp([fakeRun('scale'), fakeRun('latency')], 1).find(({ text }) => text === 'votes.p95_ms')?.cells ??
    [];
  expect(first?.change?.difference).toMatchObject({ is: 'value', value: expect.closeTo(-496, -1) });
  expect(second?.change).toBeUndefined();
});

test('what one of the runs did not record is unknown there, never zero', () => {
  const other = fakeRun('kill');
  const without = {
    ...other,
    result: { ...other.result, signals: other.result.signals.filter(({ name }) => name !== 'votes') },
  };
  const failed = lineUp([fakeRun('errors'), without]).find(({ text }) => text === 'votes.failed');
  expect(failed?.cells[1]).toMatchObject({
    measured: { is: 'unknown' },
    change: { difference: { is: 'unknown' }, ratio: { is: 'unknown' } },
  });
});

test('kinds of errors that none of the runs had are left out', () => {
  expect(row('votes.by_error["http_5xx"]')?.cells[2]?.measured).toMatchObject({ is: 'value' });
  expect(row('votes.by_error["timeout"]')).toBeUndefined();
});

test('what stands out of a run is what tells it from the others', () => {
  expect(standingOut(rows, 1)[0]?.text).toMatch(/^votes\.p\d+_ms$/);
  expect(standingOut(rows, 2)[0]?.text).toBe('votes.availability');
  expect(standingOut(lineUp([fakeRun('scale'), fakeRun('scale')]), 1)).toEqual([]);
});

test('a tally counts verdicts and predictions, and spreads measures over the repeats', () => {
  const tally = tallyOf([fakeRun('kill'), fakeRun('errors'), fakeRun('scale')].map(talliedRun));
  expect(tally.verdicts).toEqual([
    { verdict: 'deviated', count: 2 },
    { verdict: 'as-predicted', count: 1 },
  ]);
  expect(tally.predictions.find(({ id }) => id === 'barely-noticed')).toMatchObject({
    held: 1,
    failed: 2,
    unknown: 0,
  });
  const failed = tally.measures.find(({ text }) => text === 'votes.failed');
  expect(failed?.spread).toMatchObject({ count: 3, known: 3, min: { value: 0 }, median: { value: 15 } });
});
