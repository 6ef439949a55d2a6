import { resolve } from 'node:path';
import type { RunPlan } from '../../model/plan.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import type { RunResult } from '../../model/verdict.ts';
import { newSeed } from '../../reach/random.ts';
import { appendNote } from '../../record/notes.ts';
import { openRecording } from '../../record/reader.ts';
import { judgeRecording, reportRecording } from '../commands/judge.ts';
import { ask as askToBreak } from '../commands/run.ts';
import { execute } from '../execute.ts';
import { report } from '../failing.ts';
import { home } from '../home.ts';
import { ALREADY_ENDING, interruptSignal } from '../interrupt.ts';
import { openSession, planSession, type Session } from '../session.ts';
import { paint, type Terminal, terminal } from '../terminal.ts';
import { type Ask, askOn, noAnswer } from './ask.ts';
import { askAfter, askBefore, brierOf, type Compared, compared, type Guess, inOneLine } from './guess.ts';
import { addScore } from './scores.ts';

export interface GameDayOptions {
  system?: string;
  seed?: string;
  yes?: boolean;
  runs: string;
}

const first = resolve(import.meta.dirname, '../../../experiments/kill-a-pod.yaml');

/** `aftershock learn game-day [EXPERIMENT]`: predict, watch it live, say what happened, compare. */
export async function gameDay(file: string | undefined, options: GameDayOptions): Promise<ExitCode> {
  const term = terminal();
  const interrupt = interruptSignal(() => term.err(ALREADY_ENDING));
  const session = await openSession({
    file: file ?? first,
    ...(options.system === undefined ? {} : { system: options.system }),
    startLab: true,
    onProgress: (text) => term.err(text),
    signal: interrupt,
  });
  if (!session.ok) return report(term, session.problem);
  const ask = askOn(term);
  try {
    const plan = await planSession(session.value, options.seed ?? newSeed(), interrupt);
    if (!plan.ok) return report(term, plan.problem);
    return await play({ term, ask, session: session.value, plan: plan.value, interrupt }, options);
  } finally {
    ask.close();
    await session.value.close();
  }
}

interface Game {
  term: Terminal;
  ask: Ask;
  session: Session;
  plan: RunPlan;
  interrupt: AbortSignal;
}

async function play(game: Game, options: GameDayOptions): Promise<ExitCode> {
  const { term, ask, session, plan } = game;
  term.out(invitation(game));
  const before = await askBefore(ask, plan.experiment);
  if (before === undefined) return report(term, [noAnswer]);
  const refused = await askToBreak(session, plan, options);
  if (refused !== undefined) return report(term, [refused]);
  term.out('\nWatch.\n');
  const seen: { after?: Omit<Guess, 'said'>; directory?: string; result?: RunResult } = {};
  const exit = await execute({
    term,
    session,
    plan,
    runs: options.runs,
    json: false,
    interrupt: game.interrupt,
    judged: async ({ directory, result }) => {
      term.out('\nIt is over. Before you are told:');
      const after = await askAfter(ask);
      Object.assign(seen, { directory, result, ...(after === undefined ? {} : { after }) });
    },
  });
  const { directory, result, after } = seen;
  if (directory === undefined || result === undefined) return exit;
  await keepPrediction(term, directory, before);
  if (after === undefined) return report(term, [noAnswer]);
  return score(game, { before, after, result });
}

function invitation({ term, plan }: Game): string {
  const { bold, dim } = paint(term.color);
  const does = plan.faults.map(({ fault, targets, when }) => {
    const names = targets.map(({ name }) => name).join(', ');
    return `  ${fault} on ${names} (${when})`;
  });
  return [
    bold(plan.experiment.title),
    plan.experiment.question,
    '',
    'What will be done:',
    ...(does.length === 0 ? ['  nothing but the load'] : does),
    dim(`About ${Math.ceil(plan.total_s)} s. Your prediction comes first.`),
    '',
  ].join('\n');
}

/** The prediction becomes part of the run, so that its report shows it. */
async function keepPrediction(term: Terminal, directory: string, before: Guess): Promise<void> {
  const noted = appendNote(directory, { t: 0, text: inOneLine(before) });
  if (!noted.ok) report(term, [noted.problem]);
  const recording = openRecording(directory);
  if (!recording.ok) return;
  const written = await reportRecording(directory, recording.value, judgeRecording(recording.value));
  recording.value.close();
  if (!written.ok) report(term, [written.problem]);
}

function score(
  { term, plan }: Game,
  told: { before: Guess; after: Omit<Guess, 'said'>; result: RunResult },
): ExitCode {
  const { before, after, result } = told;
  const lines = compared(before, after, result);
  const judged = lines.filter(({ right }) => right !== undefined);
  const right = judged.filter((line) => line.right === true).length;
  const brier = brierOf(before.said, result);
  term.out(`\n${comparison(term, lines)}`);
  term.out(
    `\n${right} of ${judged.length} right${brier === undefined ? '' : `, Brier score ${brier.toFixed(2)} (0 is perfect, 0.25 a coin toss)`}`,
  );
  const kept = addScore(home(), {
    at: new Date().toISOString(),
    is: 'game-day',
    run: result.run,
    title: plan.experiment.title,
    right,
    of: judged.length,
    ...(brier === undefined ? {} : { brier }),
  });
  return kept.ok ? exitCodes.asPredicted : report(term, [kept.problem]);
}

/** What was predicted, seen and so, one under the other: columns would not fit expressions. */
function comparison(term: Terminal, lines: readonly Compared[]): string {
  const { green, red, dim, bold } = paint(term.color);
  const mark = ({ right }: Compared): string =>
    right === undefined ? dim('?') : right ? green('✓') : red('✗');
  return lines
    .map((line) =>
      [
        `${mark(line)} ${bold(line.question)}`,
        `    you said before  ${line.before}`,
        ...(line.after === undefined ? [] : [`    you saw          ${line.after}`]),
        `    it was           ${line.was}`,
      ].join('\n'),
    )
    .join('\n');
}
