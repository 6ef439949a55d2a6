import type { RunPlan } from '../model/plan.ts';
import type { Samples } from '../model/samples.ts';
import type { Timeline } from '../model/timeline.ts';
import type { RunResult } from '../model/verdict.ts';

/** Everything a report is written from: a judged recording. Nothing here needs the system any more. */
export interface ReportInput {
  result: RunResult;
  plan: RunPlan;
  timeline: Timeline;
  samples: Samples;
  /** Markdown that people wrote under 'What we learnt'; kept as it is. */
  learnt?: string;
  /** Pictures of notes as data URIs, by file name. */
  pictures?: ReadonlyMap<string, string>;
  /** The version of aftershock that writes the report. */
  version: string;
}
