import { expect, test } from 'vitest';
import type { Occurrence, SignalDescriptor } from '../../model/series.ts';
import { fakeRun } from '../fake/fake-run.ts';
import { viewOf } from '../view.ts';
import { thinned, timelineOf, type Weighted } from './timeline.ts';

const line = (t: number, subject: string, begins = false): Weighted => ({
  t,
  weight: 2,
  ending: { subject, begins },
  entry: { at: '', clock: '', kind: 'event', text: `${t} ${subject}` },
});

test('that a pod is deleted is not thinned away while what then becomes of it is shown', () => {
  // 50 pods, each deleted, unready, container ended, gone: far more than there is room for.
  const all = Array.from({ length: 50 }, (_, pod) =>
    [0, 1, 2, 3].map((step) => line(pod * 4 + step, `pod/${pod}`, step === 0)),
  ).flat();
  const few = thinned(all);
  const subjects = new Set(few.map((one) => one.ending?.subject));
  expect(few.length).toBeLessThan(all.length / 2);
  for (const subject of subjects)
    expect(
      few.some((one) => one.ending?.subject === subject && one.ending?.begins),
      subject,
    ).toBe(true);
});

test('what fits stays whole, and in order', () => {
  const all = [line(1, 'pod/a', true), line(2, 'pod/a'), line(3, 'pod/b')];
  expect(thinned(all)).toEqual(all);
});

const journal: SignalDescriptor = {
  name: 'journal',
  kind: 'log',
  version: 1,
  series: [{ name: 'lines', family: 'events', types: ['bad'], summary: 'lines' }],
  derived: [],
};

test("a line of a host's journal stands in the middle of its bound, with the bound", () => {
  const input = fakeRun('kill');
  const zero = input.result.windows.origin ?? 0;
  const line = (t: number, more: Partial<Occurrence>): Occurrence => ({
    ...{ t: zero + t * 1e9, type: 'bad', subject: 'app.service', detail: { text: `at ${t}` } },
    ...more,
  });
  const placed = { since: zero + 4.9e9, foreign_t: 1_800_003_600, foreign_error_s: 0.1 };
  const lines = [line(5.1, placed), line(7, { detail: { text: 'x', placed: 'when it came: no clock' } })];
  const view = viewOf({
    ...input,
    result: { ...input.result, signals: [...input.result.signals, journal] },
    samples: {
      ...input.samples,
      events: (key, span) => (key === 'journal.lines' ? lines : input.samples.events(key, span)),
    },
  });
  const shown = timelineOf(view).filter(({ subject }) => subject === 'app.service');
  expect(shown.map(({ entry }) => entry.at)).toEqual(['+5.00 s', '+7.00 s']);
  const [first, second] = shown.map(({ entry }) => JSON.stringify(entry.text));
  expect(first).toContain('(± 0.1 s, by the clock of its host)');
  expect(second).toContain('when it came: no clock');
  expect(second).not.toContain('±');
});
