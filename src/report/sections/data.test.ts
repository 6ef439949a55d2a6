import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { Occurrence } from '../../model/series.ts';
import { ledgerMeasures, ledgerSeries } from '../../signals/ledger.ts';
import { fakeRun } from '../fake/fake-run.ts';
import { type View, viewOf } from '../view.ts';
import { dataSection } from './data.ts';

/** A run with a killed pod, whose load kept a ledger that came out so. */
function viewWith(events: readonly Occurrence[]): View {
  const input = fakeRun('kill');
  const signals = input.result.signals.map((signal) =>
    signal.name === 'votes'
      ? { ...signal, series: [...signal.series, ledgerSeries], derived: ledgerMeasures }
      : signal,
  );
  const samples = {
    ...input.samples,
    events: (key: string, span: { from: number; to: number }) =>
      key === 'votes.ledger' ? events : input.samples.events(key, span),
  };
  return viewOf({ ...input, samples, result: { ...input.result, signals } });
}

const read = (detail: JsonObject): Occurrence[] => [
  {
    t: 40e9,
    type: 'read',
    subject: 'x-*',
    detail: {
      acked: 2_400,
      stored: 2_398,
      lost: 0,
      duplicated: 0,
      uncertain: 3,
      uncertain_stored: 1,
      unsent: 0,
      ...detail,
    },
  },
];

const textOf = (view: View): string => JSON.stringify(dataSection(view)?.blocks);

test('says that all is stored, and counts the uncertain ones apart', () => {
  const text = textOf(viewWith(read({})));
  expect(text).toContain('All 2400 acknowledged writes are stored, each once.');
  expect(text).toContain('sent and not acknowledged: 1 stored all the same, 2 not');
});

test('says when what is lost was acknowledged, relative to the fault', () => {
  const ones = [
    { id: 'x-7', t: 16.5e9, stored: 0 },
    { id: 'x-9', t: 19.5e9, stored: 0 },
  ];
  const text = textOf(viewWith(read({ lost: 2, lost_ones: ones })));
  expect(text).toContain(
    '2 of 2400 acknowledged writes are gone: they were acknowledged between +1.50 s and +4.50 s (while the fault lasted and after it was over).',
  );
  expect(text).toContain('"text":"x-9"');
});

test('names the first ones where there are more', () => {
  const ones = [{ id: 'x-7', t: 3e9, stored: 2 }];
  const text = textOf(viewWith(read({ duplicated: 400, duplicated_ones: ones })));
  expect(text).toContain('400 writes stored more than once.');
  expect(text).toContain('The first 1 of 400 duplicated');
  expect(text).toContain('−12.0 s (before the fault)');
});

test('what is not known is not called safe', () => {
  const unread = [{ t: 1, type: 'unread', subject: '', detail: { why: '503 no backend' } }];
  for (const view of [viewWith(unread), viewWith([])]) {
    const text = textOf(view);
    expect(text).toContain('is not known');
    expect(text).not.toContain('are stored');
  }
  expect(textOf(viewWith(unread))).toContain('503 no backend');
});

test('a run without a ledger says so', () => {
  expect(textOf(viewOf(fakeRun('kill')))).toContain('No ledger was kept');
});
