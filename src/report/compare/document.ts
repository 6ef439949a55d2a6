import type { ComparedMeasure } from '../../judge/compare/line-up.ts';
import { type StandsOut, standingOut } from '../../judge/compare/standing-out.ts';
import type { Measured } from '../../model/measure.ts';
import type { PredictionResult } from '../../model/verdict.ts';
import {
  type Block,
  badge,
  code,
  details,
  faint,
  type Inline,
  lead,
  lineBreak,
  paragraph,
  type Section,
  strong,
  type Text,
  type Tone,
  table,
} from '../document/blocks.ts';
import { impactWords, resultLook } from '../sections/verdict.ts';
import { date, findMeasure } from '../view.ts';
import { changeText } from '../words/change.ts';
import { bareName } from '../words/expectation.ts';
import { counted, measured } from '../words/figures.ts';
import type { ComparedRun, Comparison, GateResult } from './compared.ts';

/** A page about several runs: a head, sections, a foot. */
export interface RunsPage {
  kind: string;
  title: string;
  question: string;
  sections: readonly Section[];
  foot: string;
}

/** The comparison as a document. */
export function comparisonPage(comparison: Comparison): RunsPage {
  const { runs, rows, version } = comparison;
  return {
    kind: 'comparison',
    title: `${counted(runs.length, 'run')} side by side`,
    question: runs.map(({ label, name }) => `${label} ${name}`).join(' · '),
    sections: [
      runsSection(comparison),
      ...gatesSection(comparison.gates),
      {
        id: 'charts',
        title: 'Side by side',
        blocks: [lead(axisWords(comparison)), ...rows.map((row): Block => ({ is: 'panels', row }))],
      },
      measuresSection(comparison),
      predictionsSection(comparison),
    ],
    foot: `Written by aftershock ${version} from the recordings alone. A measure without a window is taken as predictions take it: while the fault lasts (times, states and events from the first injection to the end); of runs without faults, over the whole run.`,
  };
}

function axisWords({ runs }: Comparison): string {
  const some = runs.some(({ view }) => view.injected);
  const all = runs.every(({ view }) => view.injected);
  const zero = all
    ? 'the first injection'
    : some
      ? 'the first injection, or from the start of a run without one'
      : 'the start';
  return `All charts share one x axis, seconds from ${zero}; the charts of a row share their y axis. Warm shade: the fault. Cool shade: recovery. Hatched: not observed.`;
}

/** `A` and what it is called. */
const called = ({ label, name }: ComparedRun): Inline[] => [strong(label), ' ', name];

function runsSection(comparison: Comparison): Section {
  const { runs, base, measures } = comparison;
  const rows = runs.map((run, index): Text[] => {
    const { result } = run.view;
    const look = resultLook(result);
    const impact = impactWords(result);
    const recovered = findMeasure(run.view, { measure: 'recovered_after_s' });
    return [
      called(run),
      [badge(look.tone, look.word)],
      [badge(impact.tone, impact.word)],
      run.view.injected ? measuredText(recovered?.measured, { unit: 's', text: '' }) : '—',
      index === base ? [faint('the others are held against it')] : outText(standingOut(measures, index)),
      [date(run.view, result.windows.run.from), lineBreak, faint(result.run)],
    ];
  });
  return {
    id: 'runs',
    title: 'The runs',
    blocks: [
      table(['Run', 'Verdict', 'Users', 'Recovered', `Beside ${runs[base]?.label ?? ''}`, 'When'], rows),
    ],
  };
}

const SHOWN = 3;

function outText(all: readonly StandsOut[]): Text {
  if (all.length === 0) return [faint('nothing beyond what runs differ by')];
  return all
    .slice(0, SHOWN)
    .flatMap((one, index): Inline[] => [
      ...(index === 0 ? [] : [lineBreak]),
      code(one.text),
      ` ${measuredText(one.measured, one)}`,
      ...(changeText(one.change, one) === '' ? [] : [faint(` ${changeText(one.change, one)}`)]),
    ]);
}

const measuredText = (of: Measured | undefined, { unit, text }: { unit: string; text: string }): string => {
  if (of === undefined || isNotRecorded(of)) return '—';
  return of.is === 'unknown' ? 'unknown' : measured(of, unit, bareName(text));
};

const isNotRecorded = (of: Measured): boolean => of.is === 'unknown' && /recorded$/.test(of.why);

function measuresSection({ runs, measures }: Comparison): Section {
  const main = measures.filter((row) => row.main);
  return {
    id: 'measures',
    title: 'Measures',
    blocks: [
      main.length === 0 ? paragraph('No measure is known of any of the runs.') : measuresTable(main, runs),
      details(`All ${measures.length} measures`, [measuresTable(measures, runs)]),
    ],
  };
}

const measuresTable = (rows: readonly ComparedMeasure[], runs: readonly ComparedRun[]): Block =>
  table(
    ['Measure', ...runs.map(({ label, name }) => `>${label} ${name}`)],
    rows.map((row) => [[code(row.text)], ...row.cells.map((cell) => cellText(cell, row))]),
  );

function cellText({ measured: of, change }: ComparedMeasure['cells'][number], row: ComparedMeasure): Text {
  const value = measuredText(of, row);
  if (of.is === 'unknown') return value === '—' ? [faint(value)] : [value, lineBreak, faint(of.why)];
  const by = change === undefined ? '' : changeText(change, row);
  return by === '' ? [strong(value)] : [strong(value), lineBreak, faint(by)];
}

const marks: Record<PredictionResult['verdict'], { tone: Tone; word: string }> = {
  held: { tone: 'good', word: '✓ held' },
  failed: { tone: 'bad', word: '✗ failed' },
  unknown: { tone: 'info', word: '? unknown' },
};

function predictionsSection({ runs }: Comparison): Section {
  const all = runs.flatMap(({ view }) => view.result.predictions);
  const distinct = [...new Map(all.map(({ id, expect }) => [`${id} ${expect}`, { id, expect }])).values()];
  const rows = distinct.map(({ id, expect }): Text[] => [
    [strong(id), lineBreak, code(expect)],
    ...runs.map(({ view }) =>
      predictionText(view.result.predictions.find((one) => one.id === id && one.expect === expect)),
    ),
  ]);
  return {
    id: 'predictions',
    title: 'Predictions',
    blocks: [
      distinct.length === 0
        ? paragraph('None of the runs made a prediction.')
        : table(['Prediction', ...runs.map(({ label, name }) => `${label} ${name}`)], rows),
    ],
  };
}

function predictionText(prediction: PredictionResult | undefined): Text {
  if (prediction === undefined) return [faint('—')];
  const { tone, word } = marks[prediction.verdict];
  const [first] = prediction.measures;
  const actual =
    first === undefined || first.measured.is === 'unknown'
      ? []
      : [lineBreak, measured(first.measured, first.unit, bareName(first.text))];
  return [badge(tone, word), ...actual];
}

const gateLooks = {
  true: { tone: 'bad', word: '✗ true: fails' },
  false: { tone: 'good', word: '✓ not so' },
  unknown: { tone: 'info', word: '? cannot be told' },
} as const;

function gatesSection(gates: readonly GateResult[]): Section[] {
  if (gates.length === 0) return [];
  const rows = gates.map((gate): Text[] => {
    const { tone, word } = gateLooks[gate.truth];
    return [
      [badge(tone, word)],
      [code(gate.text)],
      [strong(gate.run)],
      [gate.measured, ...(gate.why === undefined ? [] : [lineBreak, faint(gate.why)])],
      gate.limit,
    ];
  });
  return [
    {
      id: 'gates',
      title: 'What it must not be',
      blocks: [table(['', 'Fails on', 'Run', 'Measured', 'Limit'], rows)],
    },
  ];
}
