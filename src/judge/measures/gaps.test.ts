import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Measured } from '../../model/measure.ts';
import type { Occurrence, Operation, Point } from '../../model/series.ts';
import { fakeContext, measured, span } from '../fake-run.ts';
import type { FakeRecording } from '../fake-samples.ts';
import { fakeOperation } from '../fake-samples.ts';

/** Whether what was known allows what really was. */
function allows(known: Measured, real: Measured): boolean {
  switch (known.is) {
    case 'unknown':
      return true;
    case 'value':
      return real.is === 'value' && real.value === known.value;
    case 'bounded':
      return (
        real.is === 'value' &&
        Number(real.value) >= known.min - 1e-9 &&
        Number(real.value) <= known.max + 1e-9
      );
    case 'censored':
      return real.is === 'censored'
        ? real.over >= known.over
        : real.is === 'value' && Number(real.value) >= known.over - 1e-9;
  }
}

const gapOf = fc
  .tuple(fc.integer({ min: 0, max: 58 }), fc.integer({ min: 1, max: 30 }))
  .map(([from, length]) => span(from / 2, Math.min(30, (from + length) / 2)));
const moments = fc
  .uniqueArray(fc.integer({ min: 0, max: 119 }), { maxLength: 25 })
  .map((all) => all.toSorted((a, b) => a - b).map((t) => t * 0.25e9));
const windows = ['', 'baseline.', 'fault.', 'recovery.', 'run.'];

interface Gap {
  from: number;
  to: number;
}

/** What a recorder that saw nothing in the gap writes: the value that it finds afterwards, and since when it looked away. */
function hidden(points: readonly Point[], gap: Gap): Point[] {
  const seen = points.filter(({ t }) => t < gap.from || t >= gap.to);
  const held = points.findLast(({ t }) => t < gap.to);
  const found =
    seen.some(({ t }) => t === gap.to) || held === undefined
      ? []
      : [{ t: gap.to, since: gap.from, value: held.value }];
  return [...seen, ...found].toSorted((a, b) => a.t - b.t);
}

function check(names: readonly string[], real: Partial<FakeRecording>, known: Partial<FakeRecording>): void {
  const [all, some] = [fakeContext(real), fakeContext(known)];
  for (const name of names) {
    const [was, seen] = [measured(name, all), measured(name, some)];
    expect(allows(seen, was), `${name}: ${JSON.stringify(seen)} was ${JSON.stringify(was)}`).toBe(true);
  }
}

test('a gauge with a gap: what comes out allows what really was', () => {
  const names = windows.flatMap((window) =>
    ['last', 'min', 'mean', 'max', 'above_s(1)', 'below_s(2)'].map(
      (name) => `backends.${window}ready.${name}`,
    ),
  );
  fc.assert(
    fc.property(moments, fc.infiniteStream(fc.integer({ min: 0, max: 3 })), gapOf, (times, values, gap) => {
      const points = [0, ...times.slice(1)].map((t) => ({ t, value: values.next().value ?? 0 }));
      const key = 'backends.ready';
      check(
        names,
        { points: { [key]: points } },
        { points: { [key]: hidden(points, gap) }, gaps: { [key]: [gap] } },
      );
    }),
    { numRuns: 500 },
  );
});

test('a state with a gap', () => {
  const names = windows.flatMap((window) =>
    ['last', 'changed_after_s', 'changes', 'without_value_s', 'values'].map(
      (name) => `cluster.${window}leader.${name}`,
    ),
  );
  fc.assert(
    fc.property(
      moments,
      fc.infiniteStream(fc.constantFrom('a', 'b', 'c', null)),
      gapOf,
      (times, values, gap) => {
        const points = [0, ...times.slice(1)].map((t) => ({
          t,
          value: t === 0 ? 'a' : (values.next().value ?? null),
        }));
        const key = 'cluster.leader';
        check(
          names,
          { points: { [key]: points } },
          { points: { [key]: hidden(points, gap) }, gaps: { [key]: [gap] } },
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('events with a gap', () => {
  const names = windows.flatMap((window) =>
    ['count', 'first_after_s'].map((name) => `backends.${window}transitions.added.${name}`),
  );
  fc.assert(
    fc.property(moments, gapOf, (times, gap) => {
      const events = times.map((t): Occurrence => ({ t, type: 'added', subject: '', detail: {} }));
      const seen = events.filter(({ t }) => t < gap.from || t >= gap.to);
      const key = 'backends.transitions';
      check(names, { events: { [key]: events } }, { events: { [key]: seen }, gaps: { [key]: [gap] } });
    }),
    { numRuns: 500 },
  );
});

test('operations with a gap', () => {
  const measures = [
    'count',
    'ok',
    'failed',
    'rate_per_s',
    'availability',
    'error_rate',
    'p50_ms',
    'max_ms',
    'longest_outage_s',
    'outage_s',
    'by_error["reset"]',
    'first_failure_after_s',
    'in_flight_lost',
  ];
  const names = windows.flatMap((window) => measures.map((name) => `votes.${window}${name}`));
  const kinds = fc.infiniteStream(fc.constantFrom('ok', 'ok', 'ok', 'reset', 'timeout'));
  fc.assert(
    fc.property(
      moments,
      kinds,
      fc.integer({ min: 1, max: 900 }),
      gapOf,
      (...[times, kind, latency_ms, gap]) => {
        const sent = times.filter((t) => t < gap.from || t >= gap.to);
        const operations = sent.map(
          (t): Operation => fakeOperation({ at_s: t / 1e9, latency_ms, kind: kind.next().value ?? 'ok' }),
        );
        const lost = ({ done }: Operation): boolean => done !== null && done >= gap.from && done < gap.to;
        const key = 'votes.requests';
        check(
          names,
          { operations: { [key]: operations } },
          { operations: { [key]: operations.filter((one) => !lost(one)) }, gaps: { [key]: [gap] } },
        );
      },
    ),
    { numRuns: 500 },
  );
});
