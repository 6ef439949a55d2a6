import type { Experiment } from '../model/experiment.ts';
import { defaultTiming } from '../model/experiment.ts';
import type { Measured } from '../model/measure.ts';
import type { SignalDescriptor } from '../model/series.ts';
import type { Span } from '../model/time.ts';
import type { InjectionRecord, Timeline } from '../model/timeline.ts';
import { compile } from './expression/compile.ts';
import { type Environment, environmentOf } from './expression/environment.ts';
import { fakeSignals } from './expression/fake-environment.ts';
import { type FakeRecording, fakeSamples } from './fake-samples.ts';
import { type MeasureContext, measure } from './measure.ts';
import { windowsOf } from './windows.ts';

const s = (seconds: number): number => Math.round(seconds * 1e9);

/** A span in seconds. */
export const span = (from_s: number, to_s: number): Span => ({ from: s(from_s), to: s(to_s) });

/** One injection; times in seconds, absent ones did not happen. */
export function fakeInjection(of: {
  entry?: string;
  fault?: string;
  params?: InjectionRecord['injection']['params'];
  acting?: number;
  effective?: number;
  undone?: number;
  recovered?: number;
  instant?: true;
  cutShort?: string;
  failed?: string;
}): InjectionRecord {
  const entry = of.entry ?? 'kill';
  const at = (t: number | undefined, key: string) => (t === undefined ? {} : { [key]: s(t) });
  return {
    injection: {
      id: `run.${entry}.0`,
      run: 'run',
      entry,
      fault: of.fault ?? 'kubernetes.pod.delete',
      target: { kind: 'pod', name: 'pod/one', id: 'uid-1', detail: {} },
      params: of.params ?? {},
      deadline_s: 60,
      lease_s: 30,
    },
    does: ['DELETE /api/v1/namespaces/x/pods/one'],
    undoes: ['PATCH …'],
    ...(of.instant === undefined ? {} : { instant: of.instant }),
    ...at(of.acting, 'acting'),
    ...at(of.effective, 'effective'),
    ...at(of.undone, 'undone'),
    ...at(of.recovered, 'recovered'),
    evidence: {},
    ...(of.cutShort === undefined ? {} : { cutShort: of.cutShort }),
    ...(of.failed === undefined ? {} : { failed: of.failed }),
  };
}

/** A timeline from 0 to `end_s`; killed if `end_s` is absent. */
export function fakeTimeline(of: {
  injections?: readonly InjectionRecord[];
  end_s?: number;
  jumps?: readonly Span[];
  abort?: Timeline['abort'];
  notStarted?: string;
}): Timeline {
  return {
    run: 'run',
    seed: 'seed',
    version: '0',
    anchors: [],
    jumps: of.jumps ?? [],
    baseline: 0,
    injections: of.injections ?? [],
    notes: [],
    ...(of.end_s === undefined ? {} : { ended: s(of.end_s) }),
    ...(of.abort === undefined ? {} : { abort: of.abort }),
    ...(of.notStarted === undefined ? {} : { notStarted: of.notStarted }),
  };
}

/** The context of a run in which one fault was held from 10 s to 20 s, and which ended after 30 s, unless told otherwise. */
export function fakeContext(
  recording: Partial<FakeRecording>,
  of: { timeline?: Timeline; signals?: readonly SignalDescriptor[]; sliding?: Span } = {},
): MeasureContext {
  const held = fakeInjection({ acting: 10, effective: 10.5, undone: 20, recovered: 20.5 });
  const timeline = of.timeline ?? fakeTimeline({ injections: [held], end_s: 30 });
  const samples = fakeSamples({ end: s(30), ...recording });
  const signals = of.signals ?? fakeSignals;
  const windows = windowsOf(timeline, timeline.ended ?? samples.end);
  return { signals, samples, windows, timeline, defaultWindow: of.sliding ?? 'predict' };
}

const environments = new WeakMap<readonly SignalDescriptor[], Environment>();

/** A measure by the text that people write. */
export function measured(text: string, context: MeasureContext): Measured {
  const environment = environments.get(context.signals) ?? environmentOf(context.signals);
  environments.set(context.signals, environment);
  for (const rest of [' == 0', ' == ""', '']) {
    const compiled = compile(`${text}${rest}`, environment);
    const ref = compiled.ok ? compiled.value.refs[0] : undefined;
    if (ref !== undefined) return measure(ref, context);
  }
  throw new TypeError(`${text} is no measure`);
}

/** An experiment with one fault, `kill`; expressions as texts. */
export function fakeExperiment(of: {
  steady?: readonly string[];
  predict?: readonly (readonly [id: string, expect: string, confidence?: number])[];
  faults?: readonly string[];
  timing?: Partial<Experiment['timing']>;
}): Experiment {
  const at = { file: 'experiment.yaml', line: 1, column: 1 };
  return {
    file: 'experiment.yaml',
    title: 'Kill one backend pod',
    question: 'Does anybody notice?',
    steady: (of.steady ?? []).map((text) => ({ text, at })),
    faults: (of.faults ?? ['kill']).map((id) => ({
      id,
      fault: 'kubernetes.pod.delete',
      target: {},
      pick: 'all' as const,
      params: {},
      start: { on: 'begin' as const },
      at,
    })),
    predict: (of.predict ?? []).map(([id, text, confidence]) => ({
      id,
      expect: { text, at },
      ...(confidence === undefined ? {} : { confidence }),
    })),
    abort: [],
    timing: { ...defaultTiming, ...of.timing },
  };
}
