import { fakeSamples } from '../../judge/fake-samples.ts';
import { type Nanos, seconds } from '../../model/time.ts';
import type { InjectionRecord, Timeline } from '../../model/timeline.ts';
import type { ReportInput } from '../input.ts';
import { calls, planOf } from './fake-plan.ts';
import { podHistory } from './fake-pods.ts';
import { resultOf } from './fake-result.ts';
import { type FakeKind, operations, ownPoints } from './fake-series.ts';

const MS = 1e6;
const BASELINE = 15;

/** A run of each shipped kind, made up: 15 s of baseline, the fault, recovery, 50 requests a second. */
export function fakeRun(kind: FakeKind): ReportInput {
  const held = kind === 'kill' ? 3.4 : 30;
  const length = BASELINE + held + 30;
  const origin = seconds(BASELINE);
  const faultEnd = origin + seconds(held);
  const end = seconds(length);
  const pods = podHistory(kind, origin, faultEnd);
  const samples = fakeSamples({
    end,
    operations: { 'votes.requests': operations(kind, { from: 0, to: end }, { from: origin, to: faultEnd }) },
    points: { ...pods.points, ...ownPoints(length) },
    events: { 'backends.transitions': pods.events },
  });
  const windows = {
    run: { from: 0, to: end },
    baseline: { from: 0, to: origin },
    fault: { from: origin, to: faultEnd },
    recovery: { from: faultEnd, to: end },
    sinceFault: { from: origin, to: end },
    origin,
  };
  const injections = [injection(kind, origin, faultEnd)];
  const timeline: Timeline = {
    run: `2026-11-20T160800-${kind}-7f3a`,
    seed: '7f3a91',
    version: '0.1.0',
    anchors: [{ t: 0, wall_ms: Date.UTC(2026, 10, 20, 16, 8, 0) }],
    jumps: [],
    baseline: 0,
    injections,
    ended: end,
    notes: [{ t: origin + seconds(12), text: 'Looked at the dashboard: nothing to see there.' }],
  };
  const result = resultOf({ kind, windows, injections, run: timeline.run });
  return { result, plan: planOf(kind), timeline, samples, version: '0.1.0' };
}

function injection(kind: FakeKind, origin: Nanos, faultEnd: Nanos): InjectionRecord {
  const call = calls[kind];
  return {
    injection: {
      id: `run.${kind}.1`,
      run: 'run',
      entry: kind,
      fault: call.fault,
      target: { kind: 'pod', name: call.target, id: '3f0b6c1e-5a7e-4d57', namespace: 'poll-app', detail: {} },
      params: call.params,
      deadline_s: 60,
      lease_s: 30,
    },
    does: call.does,
    undoes: call.undoes,
    acting: origin,
    acted: origin + 18 * MS,
    effective: origin + seconds(kind === 'kill' ? 0.06 : 1.2),
    ...(kind === 'kill'
      ? { instant: true as const, undoing: origin + 70 * MS, undone: origin + 80 * MS }
      : { undoing: faultEnd, undone: faultEnd + 20 * MS }),
    recovered: kind === 'kill' ? faultEnd : faultEnd + seconds(4.6),
    evidence: { effect: 'the object says so', recovery: '2 of 2 ready with the former template' },
  };
}
