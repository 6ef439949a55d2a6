import { judge } from '../../judge/judge.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import type { Result } from '../../model/result.ts';
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
  const found = findRunFolder(run, options.runs);
  if (!found.ok) return report(term, [found.problem]);
  const directory = found.value;
  const recording = openRecording(directory);
  if (!recording.ok) return report(term, [recording.problem]);
  const result = judgeRecording(recording.value);
  const marks = chartMarks(inputOf(recording.value, result));
  recording.value.close();
  const written = writeResult(directory, result);
  if (!written.ok) term.err(`(result.json was not written: ${written.problem.message})`);
  term.out(options.json === true ? JSON.stringify(result, null, 2) : summaryText(result, term, marks));
  return verdictExit[result.verdict];
}

/** `aftershock report RUN`: the postmortem again; what people wrote into it is kept. */
export async function reportCommand(run: string, options: { runs: string }): Promise<ExitCode> {
  const term = terminal();
  const found = findRunFolder(run, options.runs);
  if (!found.ok) return report(term, [found.problem]);
  const directory = found.value;
  const recording = openRecording(directory);
  if (!recording.ok) return report(term, [recording.problem]);
  const written = await reportRecording(directory, recording.value, judgeRecording(recording.value));
  recording.value.close();
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
