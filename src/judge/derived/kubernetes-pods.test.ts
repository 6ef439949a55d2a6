import { expect, test } from 'vitest';
import { bounded, censored, value } from '../../model/measure.ts';
import type { Occurrence, Point } from '../../model/series.ts';
import { fakeContext, measured, span } from '../fake-run.ts';
import { fakePoints } from '../fake-samples.ts';

/** `deleted old-1`: what happened to which uid. */
function happened(at_s: number, what: string, since_s?: number): Occurrence {
  const [type = '', uid = ''] = what.split(' ');
  const since = since_s === undefined ? {} : { since: since_s * 1e9 };
  return { t: at_s * 1e9, type, subject: `pod/${uid}`, detail: { uid }, ...since };
}

const pods = (
  of: {
    ready: readonly Point[];
    running?: readonly Point[];
    events: readonly Occurrence[];
    gap?: [number, number];
  },
  sliding?: [number, number],
) =>
  fakeContext(
    {
      points: {
        'backends.ready': of.ready,
        'backends.running': of.running ?? of.ready,
        'backends.pending': fakePoints([0, 0]),
        'backends.terminating': fakePoints([0, 0]),
      },
      events: { 'backends.transitions': of.events },
      ...(of.gap === undefined ? {} : { gaps: { 'backends.transitions': [span(...of.gap)] } }),
    },
    sliding === undefined ? {} : { sliding: span(...sliding) },
  );

/** One of two is deleted: its replacement is ready after 3 s, it has gone after 5 s. */
const one = {
  ready: fakePoints([0, 2], [10.1, 1], [13, 2]),
  events: [
    happened(10.1, 'deleting old-1'),
    happened(10.2, 'added new-1'),
    happened(13, 'ready new-1'),
    happened(15, 'deleted old-1'),
  ],
};

test('replaced when as many are ready as before, the old one is gone, and the new one is another', () => {
  expect(measured('backends.replaced_after_s', pods(one))).toEqual(value(5));
  expect(measured('backends.all_gone_after_s', pods(one))).toEqual(censored(20));
});

test('gone before its replacement is ready', () => {
  const events = [
    happened(10.2, 'deleted old-1'),
    happened(10.3, 'added new-1'),
    happened(13, 'ready new-1'),
  ];
  expect(measured('backends.replaced_after_s', pods({ ...one, events }))).toEqual(value(3));
});

test('a pod that gets ready again under its own uid replaces nobody', () => {
  const events = [happened(10.2, 'unready old-1'), happened(13, 'ready old-1')];
  expect(measured('backends.replaced_after_s', pods({ ...one, events }))).toEqual(censored(20));
});

test('a deletion that is seen before the count is written is not a replacement', () => {
  const events = [happened(10.1, 'deleted old-1'), happened(10.1, 'added new-1')];
  expect(measured('backends.replaced_after_s', pods({ ready: fakePoints([0, 2]), events }))).toEqual(
    censored(20),
  );
});

test('all gone: every pod that was there, whatever was made since', () => {
  const events = [
    happened(11, 'added new-1'),
    happened(12, 'deleted old-1'),
    happened(13, 'deleted new-1'),
    happened(16, 'deleted old-2'),
  ];
  expect(
    measured('backends.all_gone_after_s', pods({ ready: fakePoints([0, 2], [10, 2], [12, 0]), events })),
  ).toEqual(value(6));
});

test('what happened while the watch was blind is bounded', () => {
  const events = [
    ...one.events.slice(0, 2),
    happened(18, 'deleted old-1', 12),
    happened(18, 'ready new-1', 12),
  ];
  const blind = pods({ ready: fakePoints([0, 2], [10.1, 1], [18, 2]), events, gap: [12, 18] });
  expect(measured('backends.replaced_after_s', blind)).toEqual(bounded(2, 8));
  const never = pods({ ready: fakePoints([0, 2], [10.1, 1]), events: one.events.slice(0, 2), gap: [12, 18] });
  expect(measured('backends.replaced_after_s', never)).toEqual(censored(2));
});

test('without a count before, without pods, and while the run lives, it is unknown', () => {
  expect(measured('backends.replaced_after_s', pods({ ...one, ready: [] })).is).toBe('unknown');
  expect(measured('backends.all_gone_after_s', pods({ ...one, ready: fakePoints([0, 0]) })).is).toBe(
    'unknown',
  );
  expect(measured('backends.replaced_after_s', pods(one, [10, 15])).is).toBe('unknown');
});
