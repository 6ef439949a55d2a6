import { judge } from '../../judge/judge.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { ok, type Result } from '../../model/result.ts';
import type { RunResult } from '../../model/verdict.ts';
import { openRecording, type Recording } from '../../record/reader.ts';
import { writeResult } from '../../record/result-file.ts';
import { chartMarks } from '../../report/charts/all.ts';
import type { ReportInput } from '../../report/input.ts';
import { type WrittenReport, writeReport } from '../../report/write.ts';
import { report } from '../failing.ts';
import { summaryText, verdictExit } from '../summary.ts';
import { terminal } from '../terminal.ts';
import { version } from '../version.ts';
import { findRunFolder } from './run-folder.ts';

/** `aftershock judge RUN`: the verdict again, from the recording alone. */
export async function judgeCommand(
  run: string,
  options: { json?: boolean; runs: string },
): Promise<ExitCode> {
  const term = terminal();
  const opened = openRun(run, options.runs);
  if (!opened.ok) return report(term, [opened.problem]);
  const { directory, recording } = opened.value;
  const result = judgeRecording(recording);
  const marks = chartMarks(inputOf(recording, result));
  recording.close();
  const written = writeResult(directory, result);
  if (!written.ok) term.err(`(result.json was not written: ${written.problem.message})`);
  term.out(options.json === true ? JSON.stringify(result, null, 2) : summaryText(result, term, marks));
  return verdictExit[result.verdict];
}

function openRun(run: string, runs: string): Result<{ directory: string; recording: Recording }> {
  const found = findRunFolder(run, runs);
  if (!found.ok) return found;
  const recording = openRecording(found.value);
  return recording.ok ? ok({ directory: found.value, recording: recording.value }) : recording;
}

/** `aftershock report RUN`: the postmortem again; what people wrote into it is kept. */
export async function reportCommand(run: string, options: { runs: string }): Promise<ExitCode> {
  const term = terminal();
  const opened = openRun(run, options.runs);
  if (!opened.ok) return report(term, [opened.problem]);
  const { directory, recording } = opened.value;
  const written = await reportRecording(directory, recording, judgeRecording(recording));
  recording.close();
  if (!written.ok) return report(term, [written.problem]);
  term.out(written.value.html);
  return exitCodes.asPredicted;
}

/** Judges an open recording. */
export function judgeRecording(recording: Recording): RunResult {
  const { plan, timeline, signals, samples } = recording;
  return judge({ experiment: plan.experiment, timeline, signals, samples, system: plan.system });
}

/** Writes the reports into the run folder, for people and for machines. */
export const reportRecording = (
  directory: string,
  recording: Recording,
  result: RunResult,
): Promise<Result<WrittenReport>> => writeReport(directory, inputOf(recording, result));

const inputOf = ({ plan, timeline, samples }: Recording, result: RunResult): ReportInput => ({
  result,
  plan,
  timeline,
  samples,
  version,
});
