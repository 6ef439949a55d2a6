import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { wrapLine } from '../../files/wrap.ts';
import type { Random } from '../../model/contracts/world.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import type { Problem } from '../../model/result.ts';
import { writeWhole } from '../../reach/files.ts';
import { newSeed, seededRandom } from '../../reach/random.ts';
import { openRecording, type Recording } from '../../record/reader.ts';
import type { ReportInput } from '../../report/input.ts';
import { quizPage, quizText } from '../../report/quiz.ts';
import { judgeRecording } from '../commands/judge.ts';
import { findRunFolder } from '../commands/run-folder.ts';
import { report } from '../failing.ts';
import { home } from '../home.ts';
import { paint, type Terminal, terminal } from '../terminal.ts';
import { version } from '../version.ts';
import { type Ask, askOn, noAnswer } from './ask.ts';
import { answerOf, choicesOf } from './riddle.ts';
import { addScore } from './scores.ts';

export interface QuizOptions {
  runs: string;
  seed?: string;
}

/** `aftershock learn quiz [RUN]`: the charts of a stored run without its name; which fault was it? */
export async function quiz(run: string | undefined, options: QuizOptions): Promise<ExitCode> {
  const term = terminal();
  const random = seededRandom(options.seed ?? newSeed(), 'quiz');
  const stored = storedRuns(options.runs);
  const named = run === undefined ? undefined : findRunFolder(run, options.runs);
  if (named?.ok === false) return report(term, [named.problem]);
  const directory =
    named?.value ??
    random.pick(
      stored.map((one) => one.directory),
      1,
    )[0];
  if (directory === undefined) return report(term, [noRuns(options.runs)]);
  const recording = openRecording(directory);
  if (!recording.ok) return report(term, [recording.problem]);
  const ask = askOn(term);
  try {
    const known = stored.map(({ answer }) => answer);
    return await question({ term, ask, random, known }, recording.value);
  } finally {
    ask.close();
    recording.value.close();
  }
}

interface Desk {
  term: Terminal;
  ask: Ask;
  random: Random;
  /** What the runs there are could be. */
  known: readonly string[];
}

async function question({ term, ask, random, known }: Desk, recording: Recording): Promise<ExitCode> {
  const { plan, timeline, samples } = recording;
  const result = judgeRecording(recording);
  const input: ReportInput = { result, plan, timeline, samples, version };
  const { bold, green, red } = paint(term.color);
  const page = join(home(), 'quiz.html');
  const written = writeWhole(page, quizPage(input), 0o600);
  term.out(`${bold('Which fault was it?')}\n\n${quizText(input, term.columns)}\n`);
  if (written.ok) term.out(`The same charts as a page: ${page}\n`);
  const right = answerOf(plan);
  const answer = await ask.choose(
    'What was broken?',
    choicesOf(right, known, random).map((one) => ({ value: one, label: one })),
  );
  if (answer === undefined) return report(term, [noAnswer]);
  const isRight = answer === right;
  term.out(isRight ? green('Right.') : `${red('No.')} It was ${right}.`);
  const told = [`It was the run ${result.run}: ${result.title}`, result.summary];
  term.out(told.flatMap((line) => wrapLine(line, { columns: term.columns, hang: 0 })).join('\n'));
  const kept = addScore(home(), {
    at: new Date().toISOString(),
    is: 'quiz',
    run: result.run,
    title: result.title,
    right: isRight ? 1 : 0,
    of: 1,
  });
  return kept.ok ? exitCodes.asPredicted : report(term, [kept.problem]);
}

/** Every run of a folder that can be read, with what it was; those in which nothing was begun are left out. */
function storedRuns(runs: string): { directory: string; answer: string }[] {
  return namesIn(runs).flatMap((name) => {
    const directory = resolve(runs, name);
    const recording = openRecording(directory);
    if (!recording.ok) return [];
    recording.value.close();
    const { timeline, plan } = recording.value;
    return timeline.notStarted === undefined ? [{ directory, answer: answerOf(plan) }] : [];
  });
}

function namesIn(runs: string): string[] {
  try {
    return readdirSync(runs).sort();
  } catch {
    return [];
  }
}

const noRuns = (runs: string): Problem => ({
  code: 'recording-broken',
  message: `there is no run in ${runs} to ask about`,
  fix: 'Make some first: `aftershock suite experiments/kill-a-pod.yaml experiments/add-latency.yaml`, or name the folder that holds your runs with --runs.',
});
