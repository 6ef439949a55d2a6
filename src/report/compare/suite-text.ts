import type { Spread } from '../../judge/compare/spread.ts';
import { impactWords, resultLook } from '../sections/verdict.ts';
import { type Cell, textTable } from '../text/table.ts';
import { bareName } from '../words/expectation.ts';
import { measured } from '../words/figures.ts';
import { struggleWords } from './struggle-words.ts';
import { cellName, type SuiteCell, type SuiteReport, type SuiteRun, valuesText } from './suite.ts';
import { exitWords } from './suite-page.ts';
import type { TextOptions } from './text.ts';

const tones = { good: 'good', warn: 'warn', bad: 'bad', info: 'info', plain: 'info' } as const;

/** The summary of a suite for a terminal or a pipe. */
export function suiteText(suite: SuiteReport, options: TextOptions = {}): string {
  const bold = (text: string): string => options.colour?.(text, 'strong') ?? text;
  const several = suite.cells.some(({ runs }) => runs.length > 1);
  return [
    runsTable(suite.cells, options),
    ...(suite.stopped === undefined
      ? []
      : [`Not all of the ${suite.planned} runs took place: ${suite.stopped}.`]),
    '',
    bold(several ? 'Measures: median (least to most)' : 'Measures'),
    measuresTable(suite.cells, options),
    ...predictionLines(suite.cells, options),
    ...struggleLines(suite, bold),
  ].join('\n');
}

function runsTable(cells: readonly SuiteCell[], options: TextOptions): string {
  const rows = cells.flatMap((cell) =>
    cell.runs.map((run): Cell[] => [
      { text: cell.label, look: 'strong' },
      ...runCells(run),
      cellName(cell),
      { text: run.run ?? '', look: 'faint' },
    ]),
  );
  const columns = [
    { title: '' },
    { title: 'verdict' },
    { title: 'users' },
    { title: 'predictions' },
    { title: 'experiment', least: 20 },
    { title: 'run', least: 12 },
  ];
  return textTable({ columns, rows }, options);
}

function runCells({ tallied, exit }: SuiteRun): Cell[] {
  if (tallied === undefined) return [{ text: exitWords[exit] ?? 'no verdict', look: 'bad' }, '', ''];
  const { result } = tallied;
  const look = resultLook(result);
  const impact = impactWords(result);
  const held = result.predictions.filter(({ verdict }) => verdict === 'held').length;
  return [
    { text: look.word.toLowerCase(), look: tones[look.tone] },
    { text: impact.word, look: tones[impact.tone] },
    result.predictions.length === 0 ? 'none' : `${held} of ${result.predictions.length} held`,
  ];
}

function measuresTable(cells: readonly SuiteCell[], options: TextOptions): string {
  const main = new Set(
    cells.flatMap(({ tally }) => tally.measures.filter((one) => one.main).map(({ text }) => text)),
  );
  const rows = [...main].map((text): Cell[] => [
    text,
    ...cells.map(({ tally }): Cell => {
      const found = tally.measures.find((one) => one.text === text);
      return found === undefined ? '—' : spreadText(found.spread, found);
    }),
  ]);
  const columns = [
    { title: 'measure' },
    ...cells.map(({ label }) => ({ title: label, align: 'right' as const })),
  ];
  return textTable({ columns, rows }, options);
}

function spreadText({ count, known, min, median, max }: Spread, of: { unit: string; text: string }): string {
  const say = (one: Spread['min']): string => measured(one, of.unit, bareName(of.text));
  if (known === 0) return median.is === 'unknown' && /recorded$/.test(median.why) ? '—' : 'unknown';
  const missing = known === count ? '' : ` [${known} of ${count}]`;
  return count === 1 ? say(median) : `${say(median)} (${say(min)} to ${say(max)})${missing}`;
}

function predictionLines(cells: readonly SuiteCell[], options: TextOptions): string[] {
  const distinct = [...new Set(cells.flatMap(({ tally }) => tally.predictions.map(({ expect }) => expect)))];
  if (distinct.length === 0) return [];
  const rows = distinct.map((expect): Cell[] => [
    expect,
    ...cells.map(({ tally }): Cell => {
      const found = tally.predictions.find((one) => one.expect === expect);
      if (found === undefined) return '—';
      const { held, failed, unknown } = found;
      return {
        text: `held ${held} of ${held + failed + unknown}`,
        look: failed > 0 ? 'bad' : unknown > 0 ? 'info' : 'good',
      };
    }),
  ]);
  const columns = [{ title: 'prediction', least: 24 }, ...cells.map(({ label }) => ({ title: label }))];
  return [
    '',
    options.colour?.('Predictions', 'strong') ?? 'Predictions',
    textTable({ columns, rows }, options),
  ];
}

function struggleLines({ varied, lines }: SuiteReport, bold: (text: string) => string): string[] {
  const [first] = varied;
  if (first === undefined || first.values.length < 2) return [];
  return lines.flatMap((line) => {
    const name = [line.title, valuesText(line.others)].filter((part) => part !== '').join(', ');
    return ['', ...(lines.length > 1 ? [bold(name)] : []), ...struggleWords(line.struggle, first.path)];
  });
}
