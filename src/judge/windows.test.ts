import { expect, test } from 'vitest';
import { fakeInjection, fakeTimeline, span } from './fake-run.ts';
import { overAt, unrestored, windowsOf } from './windows.ts';

const windows = (...injections: Parameters<typeof fakeInjection>[0][]) =>
  windowsOf(fakeTimeline({ injections: injections.map(fakeInjection), end_s: 60 }), 60e9);

test('a held fault lasts until its undo', () => {
  expect(windows({ acting: 15, effective: 16, undone: 40, recovered: 42 })).toEqual({
    run: span(0, 60),
    baseline: span(0, 15),
    fault: span(15, 40),
    recovery: span(40, 60),
    sinceFault: span(15, 60),
    origin: 15e9,
  });
});

test('an instantaneous fault lasts until its target has recovered', () => {
  expect(windows({ acting: 15, effective: 16, undone: 16, recovered: 22, instant: true }).fault).toEqual(
    span(15, 22),
  );
  expect(windows({ acting: 15, effective: 16, undone: 16, instant: true }).fault).toEqual(span(15, 60));
});

test('of several, from the first act to the last end; those that never acted do not count', () => {
  const found = windows(
    { acting: 20, undone: 30, recovered: 31 },
    { acting: 15, undone: 25, recovered: 26 },
    { failed: 'refused' },
  );
  expect(found.fault).toEqual(span(15, 30));
  expect(windows({ acting: 15 }).recovery).toEqual(span(60, 60));
});

test('without an injection the run is one window', () => {
  expect(windows()).toEqual({ run: span(0, 60), baseline: span(0, 60) });
  expect(windows({ failed: 'refused' }).origin).toBeUndefined();
});

test('windows end with the recording, whatever the marks say', () => {
  const killed = windowsOf(fakeTimeline({ injections: [fakeInjection({ acting: 15, undone: 40 })] }), 30e9);
  expect(killed.fault).toEqual(span(15, 30));
  expect(killed.recovery).toEqual(span(30, 30));
});

test('what is over and what is not restored', () => {
  expect(overAt(fakeInjection({ acting: 1, recovered: 3 }))).toBe(3e9);
  expect(overAt(fakeInjection({ acting: 1 }))).toBeUndefined();
  const injections = [
    fakeInjection({ acting: 1, undone: 2 }),
    fakeInjection({ acting: 1, undone: 2, recovered: 3 }),
    fakeInjection({}),
  ];
  expect(unrestored(fakeTimeline({ injections }))).toEqual([injections[0]]);
});
