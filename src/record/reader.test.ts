import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../model/json.ts';
import type { Samples } from '../model/samples.ts';
import type { Occurrence, Operation, Point } from '../model/series.ts';
import type { Span } from '../model/time.ts';
import { runFolder } from './fixtures/folder.ts';
import { handClock, must, signals } from './fixtures/run.ts';
import { openRecording } from './reader.ts';
import { createRedactor } from './redact.ts';
import { createRecording } from './writer.ts';

const redact = createRedactor([]);
const END = 20e9;
const time = fc.oneof(
  fc.integer({ min: 0, max: END }),
  fc.integer({ min: 0, max: 20 }).map((s) => s * 1e9),
);
const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(arbitrary, { nil: null });
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', 'a\u0000b', ''));

const operation: fc.Arbitrary<Operation> = fc.record(
  {
    intended: fc.oneof(time, fc.double({ min: 0, max: END, noNaN: true })),
    sent: nullable(time),
    done: nullable(time),
    kind: fc.constantFrom('ok', 'missed', 'timeout', 'refused', 'never heard of'),
    status: fc.integer(),
    detail: text,
  },
  { requiredKeys: ['intended', 'sent', 'done', 'kind'] },
);
const point: fc.Arbitrary<Point> = fc.record(
  {
    t: time,
    value: nullable(fc.oneof(fc.double(), fc.integer(), text, fc.boolean())),
    since: time,
  },
  { requiredKeys: ['t', 'value'] },
);
const occurrence: fc.Arbitrary<Occurrence> = fc.record(
  {
    t: time,
    type: fc.constantFrom('created', 'deleted'),
    subject: text,
    detail: fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<Json>) as fc.Arbitrary<JsonObject>,
    since: time,
    foreign_t: fc.double(),
    foreign_error_s: fc.double(),
  },
  { requiredKeys: ['t', 'type', 'subject', 'detail'] },
);

type Act =
  | { at: number; votes: Operation[] }
  | { at: number; ready: Point }
  | { at: number; leader: Point }
  | { at: number; changes: Occurrence }
  | { at: number; lag: Point }
  | { at: number; blind: string; signal: string; since?: number }
  | { at: number; observing: string }
  | { at: number; flush: true };
const signal = fc.constantFrom('votes', 'backends', 'observer');
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ at: time, votes: fc.array(operation, { maxLength: 20 }) }),
  fc.record({ at: time, ready: point }),
  fc.record({ at: time, leader: point }),
  fc.record({ at: time, changes: occurrence }),
  fc.record({ at: time, lag: point }),
  fc.record({ at: time, blind: text, signal, since: time }, { requiredKeys: ['at', 'blind', 'signal'] }),
  fc.record({ at: time, observing: signal }),
  fc.record({ at: time, flush: fc.constant(true as const) }),
);
const acts = fc.array(act, { maxLength: 60 }).map((all) => all.toSorted((a, b) => a.at - b.at));
const spans = fc.array(
  fc.tuple(time, time).map(([a, b]): Span => ({ from: Math.min(a, b), to: Math.max(a, b) })),
  { minLength: 1, maxLength: 8 },
);

const keys = [
  'votes.requests',
  'backends.ready',
  'backends.leader',
  'backends.changes',
  'observer.lag_ms',
  'no.such',
];
const everything = (samples: Samples, span: Span): unknown =>
  keys.map((key) => ({
    key,
    operations: samples.operations(key, span),
    points: samples.points(key, span),
    events: samples.events(key, span),
    gaps: samples.gaps(key, span),
  }));

describe('a recording', () => {
  test('reads back exactly what the live samples held, whatever was written', () => {
    fc.assert(
      fc.property(acts, spans, (script, looks) => {
        const directory = runFolder();
        const clock = handClock();
        const writer = must(
          createRecording(directory, { signals, clock, redact, uptime_s: () => undefined }),
        );
        const votes = writer.sink('votes');
        const backends = writer.sink('backends');
        const observer = writer.sink('observer');
        const sinks = { votes, backends, observer };
        for (const one of script) {
          clock.t = one.at;
          if ('votes' in one) votes.operations('requests', one.votes);
          else if ('ready' in one) backends.point('ready', one.ready);
          else if ('leader' in one) backends.point('leader', one.leader);
          else if ('changes' in one) backends.event('changes', one.changes);
          else if ('lag' in one) observer.point('lag_ms', one.lag);
          else if ('blind' in one) sinks[one.signal as 'votes'].blind(one.blind, one.since);
          else if ('observing' in one) sinks[one.observing as 'votes'].observing();
          else must(writer.flush());
        }
        clock.t = END;
        must(writer.close());
        const recording = must(openRecording(directory));
        expect(recording.samples.end).toBe(writer.live.end);
        for (const span of [...looks, { from: 0, to: END }, { from: 0, to: 2 * END }]) {
          expect(everything(recording.samples, span)).toEqual(everything(writer.live, span));
        }
        expect(recording.problems).toEqual([]);
        recording.close();
      }),
      { numRuns: 150 },
    );
  });
});
