import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { home } from '../home.ts';
import { paint, type Terminal, terminal } from '../terminal.ts';
import { type Score, scores, type Trend, trendOf } from './scores.ts';

const LINES = 20;

/** `aftershock learn scores`: game days and quizzes over time. */
export function showScores(options: { json?: boolean }): Promise<ExitCode> {
  const term = terminal();
  const all = scores(home());
  if (options.json === true) term.out(JSON.stringify(all, null, 2));
  else term.out(all.length === 0 ? none : table(term, all));
  return Promise.resolve(exitCodes.asPredicted);
}

const none = 'No scores yet. Begin with `aftershock learn game-day`, then `aftershock learn quiz`.';

function table(term: Terminal, all: readonly Score[]): string {
  const { bold, dim } = paint(term.color);
  const rows = all.slice(-LINES).map(({ at, is, right, of, brier, title }) => {
    const when = at.slice(0, 16).replace('T', ' ');
    return `${when}  ${is.padEnd(8)}  ${`${right}/${of}`.padStart(5)}  ${brier === undefined ? '    ' : brier.toFixed(2)}  ${title}`;
  });
  return [
    dim('UTC               what      right  Brier  run'),
    ...rows,
    '',
    ...(['game-day', 'quiz'] as const).flatMap((is) => {
      const trend = trendOf(all.filter((one) => one.is === is));
      return trend.times === 0 ? [] : [`${bold(is)}: ${inWords(trend)}`];
    }),
  ].join('\n');
}

function inWords({ times, latest, ...whole }: Trend): string {
  const last = latest === undefined ? '' : `; the last 5: ${sumInWords(latest)}`;
  return `${times} ${times === 1 ? 'time' : 'times'}, ${sumInWords(whole)}${last}`;
}

const sumInWords = ({ right, of, brier }: { right: number; of: number; brier?: number }): string =>
  `${right} of ${of} right${brier === undefined ? '' : `, Brier score ${brier.toFixed(2)}`}`;
