import { fakeSamples } from '../../judge/fake-samples.ts';
import { seconds } from '../../model/time.ts';
import type { ReportInput } from '../input.ts';
import { fakeRun } from './fake-run.ts';

/** The baseline was not steady: nothing was injected. */
export function notStartedRun(): ReportInput {
  const input = fakeRun('kill');
  const end = seconds(20);
  const { windows: _, ...result } = input.result;
  const why = 'Not steady before the fault: votes.p95_ms was 900 ms in the baseline.';
  return {
    ...input,
    result: {
      ...result,
      verdict: 'inconclusive',
      summary: why,
      reasons: [],
      impact: 'unknown',
      windows: { run: { from: 0, to: end }, baseline: { from: 0, to: end } },
      injections: [],
      steady: result.steady.map((one) => ({ ...one, end: 'unknown', broken: [] })),
      predictions: result.predictions.map(({ brier: _brier, ...one }) => ({
        ...one,
        verdict: 'unknown',
        why: 'nothing was injected',
      })),
      detection: [],
      causes: [],
      measures: [],
    },
    timeline: { ...input.timeline, injections: [], notStarted: why, notes: [] },
  };
}

/** A run that was killed before anything was recorded, of an experiment that says nothing. */
export function bareRun(): ReportInput {
  const input = notStartedRun();
  const { brier: _, ...result } = input.result;
  const { ended: _ended, notStarted: _why, ...timeline } = input.timeline;
  return {
    ...input,
    result: {
      ...result,
      steady: [],
      predictions: [],
      signals: [],
      windows: { run: { from: 0, to: 0 }, baseline: { from: 0, to: 0 } },
    },
    plan: {
      ...input.plan,
      faults: [],
      watched: [],
      signals: [],
      versions: {},
      experiment: { ...input.plan.experiment, steady: [] },
    },
    timeline: { ...timeline, anchors: [] },
    samples: fakeSamples({ end: 0 }),
  };
}

const LATENESS = 'votes.schedule_error_ms';

/** Much at once: two faults, an abort, a leader that changes, a stretch that nobody saw, our own load late. */
export function messyRun(): ReportInput {
  const input = fakeRun('errors');
  const { samples, result, timeline } = input;
  const zero = result.windows.origin ?? 0;
  const gap = { from: zero + seconds(16), to: zero + seconds(26) };
  const [first] = result.injections;
  const second = first && {
    ...first,
    injection: {
      ...first.injection,
      id: 'run.second.1',
      entry: 'second',
      fault: 'network.partition',
      target: { ...first.injection.target, name: 'host/p1' },
    },
    acting: zero + seconds(4),
    effective: zero + seconds(4.4),
    cutShort: 'the lease ran out 3 s early',
  };
  const isLate = (t: number): boolean => Math.abs(t - zero - seconds(35)) < 6e8;
  const leaders = [
    { t: 0, value: 'p1' },
    { t: zero + seconds(9), value: null },
    { t: zero + seconds(13), value: 'p2', since: zero + seconds(12.4) },
  ];
  const abort = { t: zero + seconds(30), by: 'condition', text: 'votes.error_rate > 0.15 for 10 s' } as const;
  return {
    ...input,
    result: {
      ...result,
      verdict: 'unrecovered',
      summary: 'Unrecovered: steady did not hold again within 5 min, and the run was aborted.',
      abort,
      injections: second === undefined ? result.injections : [...result.injections, second],
      signals: [
        ...result.signals,
        {
          name: 'cluster',
          kind: 'patroni',
          version: 1,
          series: [{ name: 'leader', family: 'state', summary: 'leader', values: 'text' }],
          derived: [],
          interval_s: 1,
        },
      ],
      observer: {
        ok: false,
        words: ['The event loop stood still for 2.1 s.', 'The load was late in 1.2 s of the run.'],
      },
    },
    timeline: { ...timeline, abort, jumps: [{ from: zero + seconds(40), to: zero + seconds(41.5) }] },
    samples: {
      ...samples,
      operations: (key, span) =>
        samples
          .operations(key, span)
          .filter((one) => one.intended < gap.from || one.intended >= gap.to)
          .map((one) =>
            isLate(one.intended) ? { ...one, sent: one.intended + 4e7, done: one.intended + 6e7 } : one,
          ),
      points: (key, span) =>
        key === 'cluster.leader'
          ? leaders.filter((one) => one.t < span.to)
          : samples
              .points(key, span)
              .map((one) => (key === LATENESS && isLate(one.t) ? { ...one, value: 40 } : one)),
      gaps: (key, span) =>
        key.startsWith('votes.')
          ? [gap].filter((one) => one.from < span.to && one.to > span.from)
          : samples.gaps(key, span),
    },
  };
}
