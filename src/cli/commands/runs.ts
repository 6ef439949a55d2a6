import { wrapLine } from '../../files/wrap.ts';
import { calibrationOf, type Score, scoreOf, scoreWords } from '../../judge/compare/scores.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import type { Problem } from '../../model/result.ts';
import { type RunResult, type RunVerdict, runVerdicts } from '../../model/verdict.ts';
import { impactWords, resultLook } from '../../report/sections/verdict.ts';
import {
  type Cell,
  type CellLook,
  type TextColumn,
  type TextTable,
  textTable,
} from '../../report/text/table.ts';
import { counted, percent } from '../../report/words/figures.ts';
import { report } from '../failing.ts';
import { historyOf, type Kept, type KeptOther, type KeptRun, shortId, whenOf } from '../history.ts';
import { unknownName } from '../names.ts';
import { variedIn } from '../suite/varied.ts';
import { looks } from '../summary.ts';
import { paint, type Terminal, terminal } from '../terminal.ts';

export interface RunsOptions {
  runs: string;
  experiment?: string;
  verdict?: string;
  limit?: string;
  json?: boolean;
}

/** `aftershock runs`: every run there is, newest first, and how well its predictions were calibrated. */
export async function runsCommand(options: RunsOptions): Promise<ExitCode> {
  const term = terminal();
  const wrong = problemOf(options);
  if (wrong !== undefined) return report(term, [wrong]);
  const all = historyOf(options.runs);
  const chosen = all.filter((kept) => matches(kept, options));
  const limit = options.limit === undefined ? chosen.length : Number(options.limit);
  if (options.json === true) {
    term.out(JSON.stringify(asJson(chosen, limit), null, 2));
    return exitCodes.asPredicted;
  }
  if (chosen.length === 0) term.out(nothing(options, all.length));
  else term.out(shown({ chosen, limit, varied: variedIn(options.runs) }, term));
  return exitCodes.asPredicted;
}

function problemOf({ verdict, limit }: RunsOptions): Problem | undefined {
  if (limit !== undefined && !/^[1-9]\d*$/.test(limit))
    return { code: 'usage', message: `--limit ${limit} is no number of runs`, fix: 'Give a number from 1.' };
  const known: readonly string[] = runVerdicts;
  if (verdict !== undefined && !known.includes(verdict)) return unknownName('verdict', verdict, known);
  return undefined;
}

function matches(kept: Kept, { experiment, verdict }: RunsOptions): boolean {
  const wanted = experiment?.toLowerCase();
  const texts = kept.is === 'run' ? [kept.result.title, kept.file ?? '', kept.id] : [kept.id];
  const named = wanted === undefined || texts.some((text) => text.toLowerCase().includes(wanted));
  return named && (verdict === undefined || (kept.is === 'run' && kept.result.verdict === verdict));
}

const nothing = ({ runs }: RunsOptions, others: number): string =>
  others === 0
    ? `No run in ${runs}. \`aftershock demo\` makes one; --runs names another folder.`
    : `None of the ${counted(others, 'folder')} in ${runs} is such a run.`;

const isRun = (kept: Kept): kept is KeptRun => kept.is === 'run';

interface Shown {
  chosen: readonly Kept[];
  limit: number;
  /** What was varied in the runs of suites. */
  varied: ReadonlyMap<string, string>;
}

function shown({ chosen, limit, varied }: Shown, term: Terminal): string {
  const colors = paint(term.color);
  const colour = (text: string, as: CellLook): string => colors[looks[as]](text);
  const some = chosen.slice(0, limit);
  const table = textTable(
    fitting(
      some.map((kept) => rowOf(kept, varied.get(kept.id))),
      term,
    ),
    {
      colour,
      ...(term.tty ? { width: term.columns } : {}),
    },
  );
  const more =
    chosen.length > some.length ? [colour(`and ${chosen.length - some.length} more`, 'faint')] : [];
  const scores = scoreLines(chosen.filter(isRun), colour);
  const broken = term.tty
    ? scores.flatMap((line) => wrapLine(line, { columns: term.columns, hang: 2 }))
    : scores;
  return [table, ...more, ...broken].join('\n');
}

/** Each with how wide a terminal has room for it; the short id is enough to call a run by. */
const columns: (TextColumn & { room?: number })[] = [
  { title: 'when' },
  { title: 'id' },
  { title: 'verdict' },
  { title: 'users', room: 75 },
  { title: 'predictions', room: 90 },
  { title: 'Brier', align: 'right', room: 100 },
  { title: 'experiment', least: 12 },
  { title: 'run', room: 170 },
];

/** The columns that the terminal has room for; a pipe gets all. */
function fitting(rows: readonly Cell[][], { tty, columns: wide }: Terminal): TextTable {
  const shown = columns.map(({ room = 0 }) => !tty || room <= wide);
  const some = <T>(all: readonly T[]): T[] => all.filter((_, index) => shown[index]);
  return { columns: some(columns), rows: rows.map(some) };
}

const tones = { good: 'good', warn: 'warn', bad: 'bad', info: 'info', plain: 'info' } as const;

function rowOf(kept: Kept, varied: string | undefined): Cell[] {
  const when = whenOf(kept.id)?.slice(0, 16) ?? '';
  if (kept.is !== 'run')
    return [when, idCell(kept.id), otherCell(kept), '', '', '', faint(kept.why), kept.id];
  const { result } = kept;
  const look = resultLook(result);
  const impact = impactWords(result);
  return [
    whenOf(result.run)?.slice(0, 16) ?? when,
    idCell(kept.id),
    { text: `${look.word.toLowerCase()}${kept.killed ? ' (killed)' : ''}`, look: tones[look.tone] },
    { text: impact.word, look: tones[impact.tone] },
    predictionsText(result),
    result.brier === undefined ? '' : result.brier.toFixed(2),
    varied === undefined ? result.title : `${result.title}, ${varied}`,
    kept.id,
  ];
}

const faint = (text: string): Cell => ({ text, look: 'faint' });
const idCell = (id: string): Cell => ({ text: whenOf(id) === undefined ? '' : shortId(id), look: 'strong' });

const others: Record<KeptOther['is'], CellLook> = {
  alive: 'info',
  broken: 'bad',
  'half-written': 'warn',
  suite: 'faint',
  'no-run': 'faint',
};
const otherWords: Record<KeptOther['is'], string> = {
  alive: 'running',
  broken: 'unreadable',
  'half-written': 'half-written',
  suite: 'suite',
  'no-run': 'no run',
};
const otherCell = ({ is }: KeptOther): Cell => ({ text: otherWords[is], look: others[is] });

/** `3 of 4 held, 1 unknown` */
function predictionsText({ predictions }: Pick<RunResult, 'predictions'>): string {
  if (predictions.length === 0) return 'none';
  const count = (wanted: string): number => predictions.filter(({ verdict }) => verdict === wanted).length;
  const unknown = count('unknown');
  return `${count('held')} of ${predictions.length} held${unknown === 0 ? '' : `, ${unknown} unknown`}`;
}

/** Scores of the experiments, by their title. */
function byExperiment(runs: readonly KeptRun[]): { title: string; runs: number; score: Score }[] {
  const groups = new Map<string, KeptRun[]>();
  for (const run of runs) groups.set(run.result.title, [...(groups.get(run.result.title) ?? []), run]);
  return [...groups].flatMap(([title, own]) => {
    const score = scoreOf(own.flatMap(({ result }) => result.predictions));
    return score === undefined ? [] : [{ title, runs: own.length, score }];
  });
}

function scoreLines(runs: readonly KeptRun[], colour: (text: string, as: CellLook) => string): string[] {
  const predictions = runs.flatMap(({ result }) => result.predictions);
  const score = scoreOf(predictions);
  if (score === undefined) return ['', 'No prediction was scored: only those with a confidence are.'];
  const bands = calibrationOf(predictions).map(
    ({ said, held, count }) => `said ${percent(said)}, held ${held} of ${count}`,
  );
  const groups = byExperiment(runs);
  const rows = groups.map((one): Cell[] => [
    one.score.brier.toFixed(2),
    counted(one.score.count, 'prediction'),
    counted(one.runs, 'run'),
    one.title,
  ]);
  const table = textTable({
    columns: [
      { title: 'Brier', align: 'right' },
      { title: 'scored', align: 'right' },
      { title: 'in', align: 'right' },
      { title: 'experiment' },
    ],
    rows,
  });
  return [
    '',
    `${colour(`Brier score ${score.brier.toFixed(2)}`, 'strong')} over ${counted(score.count, 'scored prediction')}: ${scoreWords(score)} (0 is perfect, 0.25 a coin toss)`,
    `Calibration: ${bands.join('; ')}`,
    ...(groups.length < 2 ? [] : ['', ...table.split('\n')]),
  ];
}

function asJson(chosen: readonly Kept[], limit: number): unknown {
  const runs = chosen.filter(isRun);
  const predictions = runs.flatMap(({ result }) => result.predictions);
  return {
    version: 1,
    runs: chosen.slice(0, limit).map(entryJson),
    brier: scoreOf(predictions) ?? null,
    calibration: calibrationOf(predictions),
    experiments: byExperiment(runs).map(({ title, runs: count, score }) => ({
      title,
      runs: count,
      ...score,
    })),
  };
}

function entryJson(kept: Kept): unknown {
  const { is, id, directory } = kept;
  if (kept.is !== 'run') return { is, id, directory, why: kept.why };
  const { result, file, killed } = kept;
  const count = (wanted: string): number =>
    result.predictions.filter(({ verdict }) => verdict === wanted).length;
  return {
    is,
    id,
    short: shortId(id),
    directory,
    when: whenOf(result.run) ?? null,
    title: result.title,
    file: file ?? null,
    verdict: result.verdict satisfies RunVerdict,
    impact: result.impact,
    predictions: { held: count('held'), failed: count('failed'), unknown: count('unknown') },
    brier: result.brier ?? null,
    killed,
  };
}
