import { expect, test } from 'vitest';
import type { Operation } from '../model/series.ts';
import type { InjectionRecord, Timeline } from '../model/timeline.ts';
import type { RunResult } from '../model/verdict.ts';
import { fakeSignals } from './expression/fake-environment.ts';
import { fakeExperiment, fakeInjection, fakeTimeline, span } from './fake-run.ts';
import { type FakeRecording, fakeLoad, fakePoints, fakeSamples } from './fake-samples.ts';
import { judge } from './judge.ts';

const killed = fakeInjection({ acting: 15, effective: 15.2, undone: 15.3, recovered: 19, instant: true });

/** 50 votes a second over 60 s; from 15 s to `badUntil_s` they are refused. */
const votes = (badUntil_s: number): Operation[] => [
  ...fakeLoad({ from_s: 0, to_s: 15, rate_per_s: 50, latency_ms: 5 }),
  ...fakeLoad({ from_s: 15, to_s: badUntil_s, rate_per_s: 50, latency_ms: 1, kind: 'refused' }),
  ...fakeLoad({ from_s: badUntil_s, to_s: 60, rate_per_s: 50, latency_ms: 5 }),
];

const seen: FakeRecording = {
  end: 60e9,
  operations: { 'votes.requests': votes(16) },
  points: {
    'backends.ready': fakePoints([0, 2], [15.1, 1], [19, 2]),
    'observer.lag_ms': fakePoints([0, 1], [30, 2]),
  },
};

const steady = ['votes.availability >= 0.999', 'backends.ready.last == 2'];

function verdict(of: {
  injections?: readonly InjectionRecord[];
  timeline?: Partial<Timeline>;
  seen?: Partial<FakeRecording>;
  steady?: readonly string[];
  predict?: Parameters<typeof fakeExperiment>[0]['predict'];
  faults?: readonly string[];
}): RunResult {
  const timeline = { ...fakeTimeline({ injections: of.injections ?? [killed], end_s: 60 }), ...of.timeline };
  return judge({
    experiment: fakeExperiment({
      steady: of.steady ?? steady,
      predict: of.predict ?? [],
      ...(of.faults === undefined ? {} : { faults: of.faults }),
    }),
    timeline,
    signals: fakeSignals,
    samples: fakeSamples({ ...seen, ...of.seen }),
  });
}

const withoutEnd = (timeline: Timeline): Timeline => {
  const { ended: _, ...rest } = timeline;
  return rest;
};

test('as predicted: all predictions hold, steady is back, everything is restored', () => {
  const result = verdict({
    predict: [
      ['back', 'recovered_after_s < 15', 0.9],
      ['noticed', 'votes.availability < 1', 0.6],
    ],
  });
  expect(result.verdict).toBe('as-predicted');
  expect(result.reasons).toEqual([]);
  expect(result.brier).toBeCloseTo((0.01 + 0.16) / 2);
  expect(result.predictions.map(({ verdict: one }) => one)).toEqual(['held', 'held']);
  expect(result.predictions[0]?.measures).toEqual([
    { text: 'recovered_after_s', measured: { is: 'value', value: 6 }, unit: 's' },
  ]);
  expect(result.steady[0]).toMatchObject({
    baseline: 'true',
    end: 'true',
    broken: [{ from_s: 0.25, to_s: 6 }],
  });
  expect(result.impact).toBe('failing');
  expect(result.windows).toMatchObject({ origin: 15e9, fault: span(15, 19) });
});

test('deviated: a prediction failed', () => {
  const result = verdict({ predict: [['fine', 'votes.availability >= 0.99', 0.8]] });
  expect(result.verdict).toBe('deviated');
  expect(result.reasons[0]).toContain('votes.availability was 0.75');
  expect(result.brier).toBeCloseTo(0.64);
});

test('a prediction without confidence is judged, not scored; unknowns are not scored', () => {
  const result = verdict({
    predict: [
      ['a', 'votes.count > 1'],
      ['b', 'cluster.changed_after_s < 5', 0.9],
    ],
  });
  expect(result.brier).toBeUndefined();
  expect(result.predictions.map(({ verdict: one }) => one)).toEqual(['held', 'unknown']);
  expect(result.verdict).toBe('inconclusive');
});

test('deviated goes before inconclusive', () => {
  expect(
    verdict({
      predict: [
        ['a', 'cluster.changed_after_s < 5'],
        ['b', 'votes.count < 1'],
      ],
    }).verdict,
  ).toBe('deviated');
});

test('unrecovered: a target was not restored; it goes before everything', () => {
  const open = fakeInjection({ acting: 15, effective: 15.2, undone: 20, failed: 'the rule is still there' });
  const result = verdict({
    injections: [open],
    predict: [['b', 'votes.count < 1']],
    timeline: { abort: { t: 1, by: 'condition', text: 'x' } },
  });
  expect(result.verdict).toBe('unrecovered');
  expect(result.reasons[0]).toContain('pod/one was not proven to be as it was');
  expect(result.summary).toContain('Unrecovered');
});

test('unrecovered: steady is not back at the end', () => {
  const result = verdict({ seen: { operations: { 'votes.requests': votes(60) } } });
  expect(result.verdict).toBe('unrecovered');
  expect(result.reasons[0]).toContain('`votes.availability >= 0.999` did not hold again at the end');
});

test('aborted goes before deviated; what did not fail until then is not held', () => {
  const abort = { t: 20e9, by: 'condition', text: '`votes.error_rate > 0.5` held for 10 s' } as const;
  const result = verdict({
    timeline: { abort },
    predict: [
      ['held', 'votes.count > 1'],
      ['failed', 'votes.failed < 1'],
      ['before', 'votes.baseline.availability == 1'],
    ],
  });
  expect(result.verdict).toBe('aborted');
  expect(result.predictions.map(({ verdict: one }) => one)).toEqual(['unknown', 'failed', 'held']);
  expect(result.summary).toContain('held for 10 s');
});

test('aborted by ctrl-C: nobody waited for steady, so it is not missing', () => {
  const abort = { t: 17e9, by: 'interrupt', text: 'ctrl-C' } as const;
  const bad = { seen: { operations: { 'votes.requests': votes(60) } }, timeline: { abort } };
  expect(verdict(bad).verdict).toBe('aborted');
  expect(verdict({ ...bad, timeline: { abort: { ...abort, by: 'condition' } } }).verdict).toBe('unrecovered');
});

test.each<[string, Parameters<typeof verdict>[0]]>([
  ['no effect of the fault kill', { injections: [{ ...withoutEffect(), failed: 'nothing changed' }] }],
  ['was undone too early', { injections: [{ ...killed, cutShort: 'the lease ran out' }] }],
  [
    'Nothing was injected: `steady` did not hold',
    { injections: [], timeline: { notStarted: '`steady` did not hold' } },
  ],
  ['The fault second was not injected', { faults: ['kill', 'second'] }],
  ['before the fault', { steady: ['votes.p95_ms < 1'] }],
  ['The clock jumped', { timeline: { jumps: [span(5, 7)] } }],
  [
    'could not be sent in time',
    {
      seen: {
        operations: {
          'votes.requests': votes(16).map((one, index) =>
            index % 10 === 0 ? { ...one, kind: 'missed', sent: null, done: null } : one,
          ),
        },
      },
    },
  ],
  ['came back is unknown', { seen: { gaps: { 'votes.requests': [span(58, 60)] } } }],
])('inconclusive: %s', (words, of) => {
  const result = verdict({ ...of, predict: [['fine', 'votes.count > 1', 0.9]] });
  expect(result.reasons.join(' ')).toContain(words);
  expect(['inconclusive', 'unrecovered']).toContain(result.verdict);
  expect(result.verdict).toBe(words === 'before the fault' ? 'unrecovered' : 'inconclusive');
});

function withoutEffect(): InjectionRecord {
  const { effective: _, ...rest } = killed;
  return rest;
}

test('what depends on a fault without a proven effect is unknown, whatever was seen', () => {
  const result = verdict({
    injections: [withoutEffect()],
    predict: [
      ['held', 'votes.count > 1', 0.9],
      ['failed', 'votes.failed < 1', 0.9],
      ['before', 'votes.baseline.count > 1'],
    ],
  });
  expect(result.predictions.map(({ verdict: one }) => one)).toEqual(['unknown', 'unknown', 'held']);
  expect(result.predictions[0]?.why).toContain('no effect');
});

test('a run that was killed is at best inconclusive, and says so', () => {
  const timeline = withoutEnd(fakeTimeline({ injections: [killed], end_s: 60 }));
  const run = (record: InjectionRecord) =>
    judge({
      experiment: fakeExperiment({ steady, predict: [['fine', 'votes.count > 1']] }),
      timeline: { ...timeline, injections: [record] },
      signals: fakeSignals,
      samples: fakeSamples(seen),
    });
  expect(run(killed).verdict).toBe('inconclusive');
  expect(run(killed).reasons.join(' ')).toContain('was killed');
  const { recovered: _, ...open } = killed;
  expect(run(open).verdict).toBe('unrecovered');
});

test('without faults the run is one window', () => {
  const calm = {
    operations: { 'votes.requests': fakeLoad({ from_s: 0, to_s: 60, rate_per_s: 50, latency_ms: 5 }) },
    points: { 'backends.ready': fakePoints([0, 2]) },
  };
  const result = verdict({
    faults: [],
    injections: [],
    seen: calm,
    predict: [['all', 'votes.count == 3000', 1]],
  });
  expect(result.verdict).toBe('as-predicted');
  expect(result.brier).toBe(0);
  expect(verdict({ faults: [], injections: [], steady: ['votes.p95_ms < 1'], seen: calm }).verdict).toBe(
    'inconclusive',
  );
});

test('an expression that the recorded signals do not support is unknown, not a crash', () => {
  const result = verdict({ steady: ['gone.count > 1'], predict: [['odd', 'gone.availability > 1', 0.5]] });
  expect(result.predictions[0]).toMatchObject({
    verdict: 'unknown',
    why: 'there is no signal or measure `gone`',
  });
  expect(result.verdict).toBe('inconclusive');
});

test('the result is plain JSON, the same each time, with every measure by window', () => {
  const [one, other] = [verdict({}), verdict({})];
  expect(JSON.parse(JSON.stringify(one))).toEqual(one);
  expect(one).toEqual(other);
  const texts = one.measures.map(({ text }) => text);
  expect(texts).toContain('votes.fault.requests.p95_ms');
  expect(texts).toContain('votes.requests.first_failure_after_s');
  expect(texts).toContain('votes.fault.requests.by_error["refused"]');
  expect(texts).toContain('backends.replaced_after_s');
  expect(texts).toContain('recovered_after_s');
  expect(new Set(texts).size).toBe(texts.length);
});

test('the summary tells a colleague what was broken, what users felt, for how long, and who noticed first', () => {
  const { summary } = verdict({ predict: [['fine', 'votes.availability >= 0.99']] });
  expect(summary).toContain('fine failed');
  expect(summary).toContain('pod/one (kubernetes.pod.delete)');
  expect(summary).toContain('Users saw errors');
  expect(summary).toContain('steady again 6 s');
  expect(summary).toContain('showed it first');
});

test('an empty recording is inconclusive, not a crash', () => {
  const result = judge({
    experiment: fakeExperiment({ steady, predict: [['a', 'votes.count > 1', 0.5]] }),
    timeline: { run: 'r', seed: '', version: '', anchors: [], jumps: [], injections: [], notes: [] },
    signals: [],
    samples: fakeSamples({ end: 0 }),
  });
  expect(result.verdict).toBe('inconclusive');
});
