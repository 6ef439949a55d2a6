import { join } from 'node:path';
import { must } from '../record/fixtures/run.ts';
import { createRedactor } from '../record/redact.ts';
import { writeResult } from '../record/result-file.ts';
import { createRunFolder } from '../record/run-folder.ts';
import { createRecording } from '../record/writer.ts';
import { fakeRun } from '../report/fake/fake-run.ts';
import type { FakeKind } from '../report/fake/fake-series.ts';
import type { ReportInput } from '../report/input.ts';
import { judgedRun } from './history.ts';

interface FakeFolder {
  /** Under which the folder lies. */
  runs: string;
  id: string;
  kind: FakeKind;
  /** Without it the run was killed: the recording has no end. */
  ended?: boolean;
  /** Judged, as `run` does at its end. */
  judged?: boolean;
  change?: (input: ReportInput) => ReportInput;
}

/** A run folder with a real recording of a made-up run; gives its path. */
export function fakeFolder({ runs, id, kind, ended = true, judged = true, change }: FakeFolder): string {
  const input = (change ?? ((same) => same))(predicted(fakeRun(kind)));
  const directory = join(runs, id);
  must(createRunFolder(directory, { 'plan.json': JSON.stringify(input.plan) }));
  record(directory, { ...input, timeline: { ...input.timeline, run: id } }, ended);
  if (judged) must(writeResult(directory, must(judgedRun(directory)).result));
  return directory;
}

function record(directory: string, { plan, timeline, samples }: ReportInput, ended: boolean): void {
  const clock = {
    t: 0,
    now: () => clock.t,
    wall: () => 1_795_190_880_000 + clock.t / 1e6,
    sleep: async () => undefined,
  };
  const options = { signals: plan.signals, clock, redact: createRedactor([]), uptime_s: () => undefined };
  const writer = must(createRecording(directory, options));
  const everything = { from: 0, to: samples.end };
  writer.mark({ is: 'start', t: 0, run: timeline.run, seed: timeline.seed, version: timeline.version });
  writer.mark({ is: 'baseline', t: 0 });
  for (const signal of plan.signals) {
    const sink = writer.sink(signal.name);
    sink.observing();
    for (const { name, family } of signal.series) {
      const key = `${signal.name}.${name}`;
      if (family === 'operations') sink.operations(name, samples.operations(key, everything));
      else if (family === 'events') for (const one of samples.events(key, everything)) sink.event(name, one);
      else for (const one of samples.points(key, everything)) sink.point(name, one);
    }
  }
  clock.t = samples.end;
  for (const one of timeline.injections) writer.mark({ is: 'injection', t: one.recovered ?? 0, record: one });
  if (ended) writer.mark({ is: 'ended', t: samples.end });
  must(writer.close());
}

/** The made-up result's predictions, as if the experiment had made them. */
function predicted(input: ReportInput): ReportInput {
  const { plan, result } = input;
  const predict = result.predictions.map(({ id, expect, confidence }) => ({
    id,
    expect: { text: expect, at: { file: plan.experiment.file } },
    ...(confidence === undefined ? {} : { confidence }),
  }));
  return { ...input, plan: { ...plan, experiment: { ...plan.experiment, predict } } };
}
