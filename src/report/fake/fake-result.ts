import { unknown, value } from '../../model/measure.ts';
import type { MeasureResult, RunResult } from '../../model/verdict.ts';
import { descriptors, titles } from './fake-plan.ts';
import type { FakeKind } from './fake-series.ts';

const measure = (text: string, of: number, unit: string): MeasureResult => ({
  text,
  measured: value(of),
  unit,
});

const shapes: Record<
  FakeKind,
  {
    availability: number;
    failed: number;
    p95: number;
    recovered: number;
    impact: RunResult['impact'];
    first: string;
    strongest: string;
  }
> = {
  kill: {
    availability: 0.9118,
    failed: 15,
    p95: 212.4,
    recovered: 3.92,
    impact: 'failing',
    first: 'backends.ready',
    strongest: 'votes.error_rate',
  },
  latency: {
    availability: 1,
    failed: 0,
    p95: 506.1,
    recovered: 36.4,
    impact: 'slow',
    first: 'backends.ready',
    strongest: 'votes.p95_ms',
  },
  errors: {
    availability: 0.8046,
    failed: 293,
    p95: 6.2,
    recovered: 35.2,
    impact: 'failing',
    first: 'backends.ready',
    strongest: 'votes.error_rate',
  },
  scale: {
    availability: 1,
    failed: 0,
    p95: 9.9,
    recovered: 32.1,
    impact: 'none',
    first: 'backends.ready',
    strongest: 'backends.ready',
  },
};

function measuresOf(kind: FakeKind): MeasureResult[] {
  const shape = shapes[kind];
  return [
    measure('votes.baseline.requests.availability', 1, '1'),
    measure('votes.fault.requests.availability', shape.availability, '1'),
    measure('votes.fault.requests.failed', shape.failed, '1'),
    measure('votes.baseline.requests.error_rate', 0, '1'),
    measure('votes.fault.requests.error_rate', 1 - shape.availability, '1'),
    measure('votes.recovery.requests.error_rate', 0, '1'),
    measure('votes.baseline.requests.p95_ms', 5.8, 'ms'),
    measure('votes.fault.requests.p95_ms', shape.p95, 'ms'),
    measure('votes.recovery.requests.p95_ms', 5.9, 'ms'),
    ...(kind === 'kill' ? [measure('backends.replaced_after_s', 2.15, 's')] : []),
    measure('recovered_after_s', shape.recovered, 's'),
    measure('undone_after_s', kind === 'kill' ? 3.4 : 30.02, 's'),
    measure('observer.missed', 0, '1'),
    measure('observer.lag_p99_ms', 1.9, 'ms'),
    { text: 'monitoring.blind_s', measured: unknown('their monitoring was not watched'), unit: 's' },
  ];
}

export function resultOf(of: {
  kind: FakeKind;
  windows: RunResult['windows'];
  injections: RunResult['injections'];
  run: string;
}): RunResult {
  const { kind } = of;
  const shape = shapes[kind];
  const isFailing = shape.availability < 0.99;
  return {
    version: 1,
    run: of.run,
    ...titles[kind],
    verdict: isFailing ? 'deviated' : 'as-predicted',
    summary: isFailing
      ? `Not as predicted: ${shape.failed} votes failed while the fault lasted, and we had expected nearly none. The system was steady again ${shape.recovered} s after the injection.`
      : `As predicted: no vote failed, and the system was steady again ${shape.recovered} s after the injection.`,
    reasons: isFailing
      ? ['Prediction ‘barely-noticed’ failed: votes.availability was 0.912, not at least 0.99.']
      : [],
    impact: shape.impact,
    windows: of.windows,
    injections: of.injections,
    steady: steadyOf(kind),
    predictions: predictionsOf(kind),
    brier: 0.247,
    detection: [
      { text: shape.strongest, after_s: 0.74, strength: 212, words: 'rose from 0 % to 44 %' },
      ...(shape.first === shape.strongest
        ? []
        : [{ text: shape.first, after_s: 0.05, strength: 40, words: 'fell from 2 to 1' }]),
    ],
    causes: [
      {
        id: 'endpoint-lag',
        title: 'Requests were still sent to a pod that was ending',
        likelihood: 'likely',
        because: [
          'the failures are ‘refused’ and came within 1 s of the deletion',
          'the pod left the endpoints 0.7 s after it stopped listening',
        ],
        against: ['one failure was a reset'],
      },
    ],
    measures: measuresOf(kind),
    signals: descriptors,
    observer: { ok: true, words: [] },
  };
}

function steadyOf(kind: FakeKind): RunResult['steady'] {
  const { recovered, availability } = shapes[kind];
  const isFailing = availability < 0.99;
  return [
    {
      text: 'votes.availability >= 0.999',
      baseline: 'true',
      end: 'true',
      broken: isFailing ? [{ from_s: 0.2, to_s: recovered }] : [],
      measures: [],
    },
    {
      text: 'votes.p95_ms < 150',
      baseline: 'true',
      end: 'true',
      broken: kind === 'latency' ? [{ from_s: 1.3, to_s: 35.1 }] : [],
      measures: [],
    },
    {
      text: 'backends.ready.last == 2',
      baseline: 'true',
      end: 'true',
      broken: [{ from_s: 0.1, to_s: kind === 'scale' ? 32.1 : 2.2 }],
      measures: [],
    },
  ];
}

function predictionsOf(kind: FakeKind): RunResult['predictions'] {
  const shape = shapes[kind];
  const isFailing = shape.availability < 0.99;
  return [
    {
      id: 'back-to-normal',
      expect: 'recovered_after_s < 15',
      confidence: 0.7,
      verdict: shape.recovered < 15 ? 'held' : 'failed',
      measures: [measure('recovered_after_s', shape.recovered, 's')],
      brier: 0.09,
    },
    {
      id: 'barely-noticed',
      expect: 'votes.availability >= 0.99',
      confidence: 0.8,
      verdict: isFailing ? 'failed' : 'held',
      measures: [measure('votes.fault.requests.availability', shape.availability, '1')],
      brier: isFailing ? 0.64 : 0.04,
    },
    {
      id: 'replaced',
      expect: 'backends.replaced_after_s < 10',
      confidence: 0.9,
      verdict: 'held',
      measures: [measure('backends.run.replaced_after_s', 2.15, 's')],
      brier: 0.01,
    },
    {
      id: 'paged',
      expect: 'votes.max_ms < 400 || votes.failed == 0',
      verdict: 'unknown',
      why: 'the signal did not observe for 3 s',
      measures: [
        {
          text: 'votes.fault.requests.max_ms',
          measured: unknown('the signal did not observe for 3 s'),
          unit: 'ms',
        },
      ],
    },
  ];
}
