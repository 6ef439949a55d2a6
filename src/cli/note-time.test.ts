import fc from 'fast-check';
import { expect, test } from 'vitest';
import { momentOf, onClock, type RunClock } from './note-time.ts';

const BEGUN = new Date(2026, 10, 20, 23, 50, 0).getTime();
const clock: RunClock = { anchors: [{ t: 0, wall_ms: BEGUN }], origin: 20e9, now_ms: BEGUN + 86_400_000 };

const two = (value: number): string => String(value).padStart(2, '0');
const timeOf = (ms: number): string => {
  const at = new Date(ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

test('times of day are those during or after the run, over midnight too', () => {
  expect(momentOf('23:50:30', clock)).toEqual({ ok: true, value: 30e9 });
  expect(momentOf('0:05', clock)).toEqual({ ok: true, value: 900e9 });
});

test('every second of the day that follows a run comes back as that second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 86_339 }), (seconds) => {
      expect(momentOf(timeOf(BEGUN + seconds * 1_000), clock)).toEqual({ ok: true, value: seconds * 1e9 });
    }),
  );
});

test('dates, and seconds from the first injection', () => {
  expect(momentOf(new Date(BEGUN + 5_000).toISOString(), clock)).toEqual({ ok: true, value: 5e9 });
  expect(momentOf('+12s', clock)).toEqual({ ok: true, value: 32e9 });
  expect(momentOf('-3s', clock)).toEqual({ ok: true, value: 17e9 });
});

test('after the wall clock was set, the last anchor counts', () => {
  const set: RunClock = {
    ...clock,
    anchors: [
      { t: 0, wall_ms: BEGUN },
      { t: 20e9, wall_ms: BEGUN + 3_620_000 },
    ],
  };
  expect(onClock(BEGUN + 3_625_000, set)).toEqual({ ok: true, value: 25e9 });
});

test('what is no time, lies before the run, or counts from nothing, is refused with what to do', () => {
  for (const text of ['25:00', '12:60', 'noon', '2026-13-45T99:00', '', '+soon']) {
    expect(momentOf(text, clock)).toMatchObject({ ok: false, problem: { code: 'usage' } });
  }
  expect(momentOf(new Date(BEGUN - 60_000).toISOString(), clock)).toMatchObject({ ok: false });
  expect(momentOf('-60s', clock)).toMatchObject({ ok: false, problem: { code: 'usage' } });
  expect(momentOf('+3s', { anchors: clock.anchors, now_ms: BEGUN })).toMatchObject({ ok: false });
  expect(momentOf('17:20', { anchors: [], now_ms: BEGUN })).toMatchObject({
    problem: { code: 'recording-broken' },
  });
});

test('what is yet to come is refused: nobody has seen it', () => {
  const now: RunClock = { ...clock, now_ms: BEGUN + 120_000 };
  expect(momentOf('23:49', now)).toMatchObject({ ok: false });
  expect(momentOf('23:40', now)).toMatchObject({ ok: false, problem: { code: 'usage' } });
  expect(momentOf('23:52', now)).toEqual({ ok: true, value: 120e9 });
  expect(momentOf('+1h', now)).toMatchObject({ ok: false, problem: { code: 'usage' } });
});
