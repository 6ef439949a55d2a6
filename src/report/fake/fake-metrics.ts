import type { SignalDescriptor } from '../../model/series.ts';
import { seconds } from '../../model/time.ts';
import type { ReportInput } from '../input.ts';
import { fakeRun } from './fake-run.ts';

const app: SignalDescriptor = {
  name: 'app',
  kind: 'metrics',
  version: 1,
  interval_s: 1,
  series: [
    { name: 'memory', family: 'gauge', unit: 'MBy', summary: 'resident memory' },
    { name: 'votes', family: 'gauge', unit: '1/s', summary: 'votes a second' },
    { name: 'resets', family: 'events', summary: 'counters that began again', types: ['reset'] },
  ],
  derived: [],
};

/**
 * A killed pod whose metrics were scraped once a second: its counters begin again 1.2 s after the injection, the scrape
 * fails for 6 s from 12 s on, and its memory rises until the end.
 */
export function metricsRun(): ReportInput {
  const input = fakeRun('kill');
  const { samples, result } = input;
  const zero = result.windows.origin ?? 0;
  const gap = { from: zero + seconds(12), to: zero + seconds(18), why: 'the scrape was refused' };
  const length = Math.floor(samples.end / 1e9);
  const every = Array.from({ length }, (_, index) => seconds(index));
  const points: Record<string, { t: number; value: number }[]> = {
    'app.memory': every.map((t) => ({ t, value: t <= zero ? 100 : 100 + (t - zero) / 2e9 })),
    'app.votes': every.map((t, index) => ({ t, value: 48 + (index % 5) })),
  };
  const resets = ['votes_total', 'process_cpu_seconds_total'].map((subject, index) => ({
    t: zero + seconds(1.2) + index * 1e6,
    type: 'reset',
    subject,
    detail: { from: 812, to: 3 },
  }));
  const isOurs = (key: string): boolean => key.startsWith('app.');
  const inside = (t: number, span: { from: number; to: number }): boolean => t >= span.from && t < span.to;
  return {
    ...input,
    result: { ...result, signals: [...result.signals, app] },
    samples: {
      ...samples,
      points: (key, span) =>
        isOurs(key)
          ? (points[key] ?? []).filter(({ t }) => inside(t, span) && !inside(t, gap))
          : samples.points(key, span),
      events: (key, span) =>
        key === 'app.resets' ? resets.filter(({ t }) => inside(t, span)) : samples.events(key, span),
      gaps: (key, span) => (isOurs(key) ? [{ from: gap.from, to: gap.to }] : samples.gaps(key, span)),
      whyBlind: (key) => (isOurs(key) ? [gap] : []),
    },
  };
}

/** A load test without any fault: one window. With `leak` every second makes it half a millisecond slower. */
export function loadTestRun(of: { leak?: true } = {}): ReportInput {
  const input = fakeRun('scale');
  const { windows: _, ...result } = input.result;
  const end = seconds(60);
  const { samples } = input;
  const slower = (t: number): number => (of.leak === true ? t / 1e9 / 2 : 0) * 1e6;
  return {
    ...input,
    result: {
      ...result,
      impact: 'unknown',
      injections: [],
      detection: [],
      causes: [],
      windows: { run: { from: 0, to: end }, baseline: { from: 0, to: end } },
    },
    plan: { ...input.plan, faults: [] },
    timeline: { ...input.timeline, injections: [] },
    samples: {
      ...samples,
      operations: (key, span) =>
        samples.operations(key, span).map((one) => {
          const usual = 5e6 + ((one.intended / 2e7) % 7) * 2e5;
          return { ...one, done: one.intended + usual + slower(one.intended), kind: 'ok' };
        }),
    },
  };
}
