import type { ComparedMeasure } from '../../judge/compare/line-up.ts';
import { standingOut } from '../../judge/compare/standing-out.ts';
import type { Chart } from '../charts/chart.ts';
import { leadingPoints, type PanelRow } from '../charts/panels.ts';
import { axisLabel } from '../charts/scale.ts';
import { impactWords, resultLook } from '../sections/verdict.ts';
import { type Cell, type CellLook, textTable } from '../text/table.ts';
import { findMeasure } from '../view.ts';
import { changeText } from '../words/change.ts';
import { bareName } from '../words/expectation.ts';
import { measured } from '../words/figures.ts';
import type { ComparedRun, Comparison, GateResult } from './compared.ts';
import { inColumns } from './spark.ts';

export interface TextOptions {
  width?: number;
  colour?: (text: string, as: CellLook) => string;
}

/** The comparison for a terminal or a pipe: what the page says, with the charts as lines of blocks. */
export function comparisonText(comparison: Comparison, options: TextOptions = {}): string {
  const { runs, base, rows, measures, gates } = comparison;
  const bold = (text: string): string => options.colour?.(text, 'strong') ?? text;
  const main = measures.filter((row) => row.main);
  return [
    runsTable(comparison, options),
    '',
    ...rows.flatMap((row) => sparkLines(row, options)),
    bold(`Measures, beside ${runs[base]?.label ?? ''}`),
    measuresTable(main, runs, options),
    '',
    ...predictionLines(runs, options),
    ...gateLines(gates, options),
  ].join('\n');
}

const tones = { good: 'good', warn: 'warn', bad: 'bad', info: 'info', plain: 'info' } as const;

function runsTable({ runs, base, measures }: Comparison, options: TextOptions): string {
  const rows = runs.map(({ label, name, view }, index): Cell[] => {
    const look = resultLook(view.result);
    const impact = impactWords(view.result);
    const recovered = findMeasure(view, { measure: 'recovered_after_s' })?.measured;
    const out = standingOut(measures, index)
      .slice(0, 2)
      .map((one) => `${one.text} ${changeText(one.change, one)}`);
    return [
      { text: label, look: 'strong' },
      { text: look.word.toLowerCase(), look: tones[look.tone] },
      { text: impact.word, look: tones[impact.tone] },
      recovered === undefined || recovered.is === 'unknown' ? '—' : measured(recovered, 's'),
      name,
      index === base ? { text: 'the others are held against it', look: 'faint' } : out.join(', '),
    ];
  });
  const columns = [
    { title: '' },
    { title: 'verdict' },
    { title: 'users' },
    { title: 'recovered' },
    { title: 'run', least: 16 },
    { title: 'stands out', least: 24 },
  ];
  return textTable({ columns, rows }, options);
}

const blocks = '▁▂▃▄▅▆▇█';

/** One line of blocks a run: the leading line of a row of charts, all to the same height. */
function sparkLines(row: PanelRow, options: TextOptions): string[] {
  const [any] = row.panels.flatMap(({ chart }) => (chart === undefined ? [] : [chart]));
  if (any === undefined || any.plot.is !== 'series') return [];
  const { axis } = any.plot;
  const width = Math.max(20, Math.min(options.width ?? 80, 100) - 12);
  const { from, to } = any.frame;
  const lines = row.panels.map((panel) => {
    const points = leadingPoints(panel, row.leading);
    const steps = panel.chart?.plot.is === 'series' && panel.chart.plot.series[0]?.style === 'step';
    const lowest = isGood(panel.chart, row.leading);
    const cells = inColumns(points, { from, to, width, steps, lowest }).map((value) =>
      value === undefined ? ' ' : value === null ? '·' : block(value, axis),
    );
    return `  ${panel.label.padEnd(3)} ${panel.chart === undefined ? '(not recorded)' : cells.join('')}`.trimEnd();
  });
  const zero = Math.round(((0 - from) / (to - from || 1)) * width);
  const ruler = `  ${' '.repeat(4)}${' '.repeat(Math.max(0, Math.min(width - 1, zero)))}^0 s`;
  const range = `${axisLabel(axis.min, axis.unit)} to ${axisLabel(axis.max, axis.unit)}`;
  const title = `${row.title}: ${row.leading} (${range}${axis.scale === 'log' ? ', logarithmic' : ''})`;
  return [
    options.colour?.(title, 'strong') ?? title,
    ...lines,
    options.colour?.(ruler, 'faint') ?? ruler,
    '',
  ];
}

const isGood = (chart: Chart | undefined, leading: string): boolean =>
  chart?.plot.is === 'series' &&
  chart.plot.series.some(({ name, role }) => name === leading && role === 'good');

function block(value: number, axis: { scale: 'linear' | 'log'; min: number; max: number }): string {
  const scaled = (of: number): number => (axis.scale === 'log' ? Math.log10(Math.max(of, axis.min)) : of);
  const share = (scaled(value) - scaled(axis.min)) / (scaled(axis.max) - scaled(axis.min) || 1);
  return blocks[Math.min(blocks.length - 1, Math.max(0, Math.round(share * (blocks.length - 1))))] ?? ' ';
}

function measuresTable(
  rows: readonly ComparedMeasure[],
  runs: readonly ComparedRun[],
  options: TextOptions,
): string {
  const cells = rows.map((row): Cell[] => [
    row.text,
    ...row.cells.map(({ measured: of, change }): Cell => {
      if (of.is === 'unknown') return { text: /recorded$/.test(of.why) ? '—' : 'unknown', look: 'faint' };
      const by = change === undefined ? '' : changeText(change, row);
      return `${measured(of, row.unit, bareName(row.text))}${by === '' || by === 'the same' ? '' : `  ${by}`}`;
    }),
  ]);
  return textTable(
    {
      columns: [
        { title: 'measure' },
        ...runs.map(({ label }) => ({ title: label, align: 'right' as const })),
      ],
      rows: cells,
    },
    options,
  );
}

const signs = { held: '✓ held', failed: '✗ failed', unknown: '? unknown' } as const;
const looks = { held: 'good', failed: 'bad', unknown: 'info' } as const;

function predictionLines(runs: readonly ComparedRun[], options: TextOptions): string[] {
  const all = runs.flatMap(({ view }) => view.result.predictions);
  const distinct = [...new Set(all.map(({ expect }) => expect))];
  if (distinct.length === 0) return [];
  const rows = distinct.map((expect): Cell[] => [
    expect,
    ...runs.map(({ view }): Cell => {
      const found = view.result.predictions.find((one) => one.expect === expect);
      return found === undefined ? '—' : { text: signs[found.verdict], look: looks[found.verdict] };
    }),
  ]);
  const columns = [{ title: 'prediction', least: 30 }, ...runs.map(({ label }) => ({ title: label }))];
  return [
    options.colour?.('Predictions', 'strong') ?? 'Predictions',
    textTable({ columns, rows }, options),
    '',
  ];
}

const gateWords = {
  true: { text: '✗ fails', look: 'bad' },
  false: { text: '✓ passes', look: 'good' },
  unknown: { text: '? cannot be told', look: 'info' },
} as const;

function gateLines(gates: readonly GateResult[], options: TextOptions): string[] {
  if (gates.length === 0) return [];
  const rows = gates.map((gate): Cell[] => [
    gateWords[gate.truth],
    gate.text,
    gate.run,
    `${gate.measured}, limit ${gate.limit}${gate.why === undefined ? '' : ` (${gate.why})`}`,
  ]);
  const columns = [{ title: '' }, { title: 'fails on' }, { title: 'run' }, { title: 'measured', least: 30 }];
  return [options.colour?.('Gates', 'strong') ?? 'Gates', textTable({ columns, rows }, options), ''];
}
