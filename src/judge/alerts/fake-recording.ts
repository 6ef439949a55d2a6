import type { SignalDescriptor } from '../../model/series.ts';
import type { RunResult } from '../../model/verdict.ts';
import { fakeSignals } from '../expression/fake-environment.ts';
import { fakeContext, fakeExperiment, fakeInjection, fakeTimeline } from '../fake-run.ts';
import type { FakeRecording } from '../fake-samples.ts';
import { fakeOperation, fakePoints, fakeSamples } from '../fake-samples.ts';
import { judge } from '../judge.ts';
import type { MeasureContext } from '../measure.ts';

/** What a fault does to a load of 20 requests a second, from 60 s to 100 s of a run of 140 s. */
export interface FakeFault {
  /** One in so many fails with this status; 0: without an answer. */
  fails?: { every: number; status: number };
  latency_ms?: number;
  /** Ready pods of two. */
  ready?: number;
  restarts?: readonly number[];
  /** Not observed, in seconds. */
  gap?: readonly [from: number, to: number];
  /** Of all requests, while nothing is wrong: one in so many fails. */
  usualFails?: number;
}

const [BEGIN, OVER, END] = [60, 100, 140];
const RATE = 20;
const s = (seconds: number): number => seconds * 1e9;

const answer = (at_s: number, of: FakeFault, index: number) => {
  const { fails, latency_ms = 8, usualFails } = of;
  const isWrong = at_s >= BEGIN && at_s < OVER;
  const failing = isWrong ? fails : usualFails === undefined ? undefined : { every: usualFails, status: 500 };
  const latency = isWrong ? latency_ms : 8;
  if (failing === undefined || (index + 1) % failing.every !== 0)
    return { ...fakeOperation({ at_s, latency_ms: latency }), status: 200 };
  if (failing.status === 0) return fakeOperation({ at_s, latency_ms: 1, kind: 'refused' });
  return { ...fakeOperation({ at_s, latency_ms: latency, kind: 'status' }), status: failing.status };
};

const PODS = ['web-7c9fd8b6c-x2x4q', 'web-7c9fd8b6c-9bq7k'];

/** A recording of that fault. */
export function fakeFaultRecording(of: FakeFault): FakeRecording {
  const operations = Array.from({ length: END * RATE }, (_, index) => answer(index / RATE, of, index));
  const present = PODS.map((name) => ({ t: 0, type: 'present', subject: `pod/${name}`, detail: {} }));
  const restarted = (of.restarts ?? []).map((at_s) => ({
    t: s(at_s),
    type: 'restarted',
    subject: `pod/${PODS[0]}`,
    detail: {},
  }));
  const gap = of.gap === undefined ? [] : [{ from: s(of.gap[0]), to: s(of.gap[1]) }];
  return {
    end: s(END),
    operations: {
      'votes.requests': operations.filter(
        ({ done }) => !gap.some(({ from, to }) => (done ?? 0) >= from && (done ?? 0) < to),
      ),
    },
    points: { 'backends.ready': fakePoints([0, 2], [BEGIN, of.ready ?? 2], [OVER, 2]) },
    events: { 'backends.transitions': [...present, ...restarted] },
    gaps: { 'votes.requests': gap, 'backends.ready': gap, 'backends.transitions': gap },
  };
}

const timeline = fakeTimeline({
  injections: [fakeInjection({ acting: BEGIN, effective: BEGIN + 0.5, undone: OVER, recovered: OVER })],
  end_s: END,
});

const signals: readonly SignalDescriptor[] = fakeSignals;

/** Its measures. */
export const fakeFaultContext = (of: FakeFault): MeasureContext =>
  fakeContext(fakeFaultRecording(of), { timeline, signals });

/** Its verdict, with steady as most would write it. */
export const judgedFault = (of: FakeFault, system?: Parameters<typeof judge>[0]['system']): RunResult =>
  judge({
    experiment: fakeExperiment({ steady: ['votes.availability >= 0.99', 'votes.p95_ms < 100'] }),
    timeline,
    signals,
    samples: fakeSamples(fakeFaultRecording(of)),
    ...(system === undefined ? {} : { system }),
  });
