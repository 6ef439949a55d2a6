import type { PredictionResult, RunResult, RunVerdict } from '../model/verdict.ts';
import type { ChartMark } from './charts/all.ts';
import type { Health } from './charts/chart.ts';
import { clean } from './document/clean.ts';
import { surprise } from './sections/expected.ts';
import { reasonsBeside } from './sections/reasons.ts';
import { impactWords, resultLook } from './sections/verdict.ts';
import { healsItself } from './view.ts';
import { shown } from './words/detection.ts';
import { bareName } from './words/expectation.ts';
import { measured, moment, percent } from './words/figures.ts';
import { loadWords, onlyMeasured } from './words/loads.ts';

/** How a piece of the summary is meant; the caller says what that looks like. */
type SummaryColour = 'good' | 'warn' | 'bad' | 'info' | 'strong' | 'faint';

export interface SummaryOptions {
  /** Colours a piece of text; without it the summary is plain. */
  colour?: (text: string, as: SummaryColour) => string;
  /** Columns; 80 unless told. */
  width?: number;
  /** The marks of the charts, where they are known. */
  marks?: readonly ChartMark[];
}

const signs: Record<RunVerdict, string> = {
  'as-predicted': '✓',
  deviated: '≠',
  inconclusive: '?',
  aborted: '■',
  unrecovered: '!',
};

/** Breaks text at spaces; continued lines are indented. */
function wrapped(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of clean(text).replaceAll('\n', ' ').split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width - indent.length) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}

const cut = (text: string, width: number): string =>
  text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`;

function actual(prediction: PredictionResult): string {
  const [first] = prediction.measures;
  if (first === undefined || first.measured.is === 'unknown')
    return prediction.verdict === 'unknown' ? 'unknown' : '';
  return measured(first.measured, first.unit, bareName(first.text));
}

const verdictSigns = { held: '✓ held', failed: '✗ failed', unknown: '? unknown' } as const;
const verdictColours = { held: 'good', failed: 'bad', unknown: 'info' } as const;

interface Style {
  paint: (text: string, as: SummaryColour) => string;
  width: number;
}

function predictionLines(result: RunResult, { paint, width }: Style): string[] {
  if (result.predictions.length === 0) return ['No prediction was made.'];
  const rest = width - 2 - 10 - 5 - 18 - 3;
  const head = paint(
    `  ${'verdict'.padEnd(10)} ${cut('expected', rest)} ${'actual'.padEnd(18)} sure`,
    'faint',
  );
  const rows = result.predictions
    .toSorted((a, b) => surprise(b) - surprise(a))
    .map((one) => {
      const mark = paint(verdictSigns[one.verdict].padEnd(10), verdictColours[one.verdict]);
      const sure = one.confidence === undefined ? '' : percent(one.confidence).replace(' ', '');
      return `  ${mark} ${cut(clean(one.expect).replaceAll('\n', ' '), rest)} ${cut(actual(one), 18)} ${sure}`.trimEnd();
    });
  const score =
    result.brier === undefined
      ? []
      : [paint(`  Brier score ${result.brier.toFixed(2)} (0 is perfect, 0.25 a coin toss)`, 'faint')];
  return [head, ...rows, ...score];
}

function detectionLine(result: RunResult): string {
  const first = result.detection.toSorted((a, b) => a.after_s - b.after_s)[0];
  const strongest = result.detection.toSorted((a, b) => b.strength - a.strength)[0];
  if (first === undefined || strongest === undefined) return 'none: no signal left its baseline';
  const start = `${first.text} at ${moment(first.after_s)}`;
  return first.text === strongest.text
    ? `${start} (${shown(strongest)})`
    : `${start}; strongest ${strongest.text} (${shown(strongest)})`;
}

function recoveryLine(result: RunResult): string {
  const at = (name: string) => result.measures.find((one) => one.text === name);
  const [recovered, undone] = [at('recovered_after_s'), at('undone_after_s')];
  if (result.windows.origin === undefined) return 'nothing was injected';
  const words = [
    ...(recovered === undefined ? [] : [`steady again ${measured(recovered.measured, 's')}`]),
    ...(undone === undefined || result.injections.every(healsItself)
      ? []
      : [`all undone ${measured(undone.measured, 's')}`]),
  ];
  return words.length === 0 ? 'not measured' : `${words.join(', ')} (from the first injection)`;
}

const markOrder: readonly Health[] = ['critical', 'warning', 'not judged', 'healthy'];

/** `critical votes-errors; healthy votes-latency, backends-counts` */
function marksLine(marks: readonly ChartMark[]): string {
  const groups = markOrder.flatMap((health) => {
    const names = marks.filter((one) => one.health === health).map(({ name }) => name);
    return names.length === 0 ? [] : [`${health} ${names.join(', ')}`];
  });
  return groups.join('; ');
}

type Line = (name: string, text: string) => string;

/** What users felt of the faults, how long it took, and what showed it. */
function drillLines(result: RunResult, line: Line): string[] {
  const impact = impactWords(result);
  return [
    line('User impact', `${impact.word}: ${impact.says}`),
    line('Recovery', recoveryLine(result)),
    line('Shown first', detectionLine(result)),
  ];
}

/** Where nothing was broken: what each load came to. */
const loadLines = (result: RunResult, line: Line): string[] =>
  loadWords(result).flatMap(({ name, sent, succeeded, latency, errors }, index) => [
    ...(index === 0 ? [] : ['']),
    line(name, ''),
    line('  sent', sent),
    line('  succeeded', `${succeeded.count} (${succeeded.share})`),
    line(
      '  latency',
      Object.entries(latency)
        .map(([at, value]) => `${at} ${value}`)
        .join(', '),
    ),
    line('  errors', errors),
  ]);

/** The end of a run in words: verdict, predictions, user impact, recovery, what showed it first and most strongly. */
export function plainSummary(result: RunResult, options: SummaryOptions = {}): string {
  const style: Style = { paint: options.colour ?? ((text) => text), width: options.width ?? 80 };
  const { paint, width } = style;
  const look = resultLook(result);
  const tone = look.tone === 'plain' ? 'info' : look.tone;
  const marks = options.marks ?? [];
  const line = (name: string, text: string): string =>
    `${paint(name.padEnd(13), 'strong')}${wrapped(text, width, ' '.repeat(13))}`;
  return [
    paint(`${look.tone === 'bad' ? '!' : signs[result.verdict]} ${look.word.toUpperCase()}`, tone),
    wrapped(result.summary, width, ''),
    ...reasonsBeside(result, 'no predictions').map((reason) => `- ${wrapped(reason, width, '  ')}`),
    '',
    ...(onlyMeasured(result) ? [] : [...predictionLines(result, style), '']),
    ...(result.injections.length === 0 ? loadLines(result, line) : drillLines(result, line)),
    ...(marks.length === 0 ? [] : [line('Charts', marksLine(marks))]),
  ].join('\n');
}
