import { intervalOf } from '../../judge/expression/interval.ts';
import type { Measured } from '../../model/measure.ts';
import type { Axis, Role } from '../charts/chart.ts';
import { axisUnit, linearAxis } from '../charts/scale.ts';
import type { Sweep } from '../charts/sweep.ts';
import type { Text } from '../document/blocks.ts';
import { bareName } from '../words/expectation.ts';
import { measured } from '../words/figures.ts';
import { type SuiteLine, type SuiteReport, valuesText } from './suite.ts';

/** What is worth a chart against a varied value, in this order. */
const charted = [
  /\.rate_per_s$/,
  /\.p95_ms$/,
  /\.availability$/,
  /cpu\w*\.(mean|max)$/,
  /^recovered_after_s$/,
];

const roles: readonly Role[] = ['high', 'tone1', 'good', 'tone2', 'tone3', 'tone6'];

/** Charts of what matters against the value that was varied first: a line for each experiment and other value. */
export function sweepsOf({ varied, lines }: SuiteReport): Sweep[] {
  const [first] = varied;
  if (first === undefined || first.values.length < 2) return [];
  return measuresOf(lines).map((text) => sweepOf(text, lines, first));
}

function measuresOf(lines: readonly SuiteLine[]): string[] {
  const known = lines.flatMap(({ cells }) =>
    cells.flatMap(({ tally }) =>
      tally.measures.filter(({ main, spread }) => main && spread.known > 0).map(({ text }) => text),
    ),
  );
  const names = [...new Set(known)].filter((text) => !text.startsWith('observer.'));
  return charted.flatMap((pattern) => names.filter((text) => pattern.test(text)));
}

/** What tells a line from the others. */
function nameOf(line: SuiteLine, lines: readonly SuiteLine[]): string {
  const titles = new Set(lines.map(({ title }) => title));
  return [titles.size > 1 ? line.title : '', valuesText(line.others)]
    .filter((part) => part !== '')
    .join(', ');
}

function sweepOf(text: string, lines: readonly SuiteLine[], varied: SuiteReport['varied'][number]): Sweep {
  const unit =
    lines
      .flatMap(({ cells }) => cells.flatMap(({ tally }) => tally.measures))
      .find((one) => one.text === text)?.unit ?? '';
  const share = /availability$/.test(text) ? 100 : 1;
  const drawn = lines.map((line, at) => ({
    name: nameOf(line, lines),
    ...drawnLine(line, { text, share, role: roles[at % roles.length] ?? 'high' }),
  }));
  const values = drawn
    .flatMap(({ runs, ranges }) => [...runs.map(([, y]) => y), ...ranges.flatMap(([, ...bounds]) => bounds)])
    .filter(Number.isFinite);
  const axis = axisOf(unit, { share, highest: Math.max(0, ...values), lowest: Math.min(...values) });
  const says = `${text} against ${varied.path}, ${varied.values.join(', ')}.`;
  return {
    name: `${text.replace(/[^\w-]+/g, '-')}-swept`,
    title: text,
    says,
    values: varied.values,
    varied: varied.path,
    axis,
    lines: drawn.map((line) => ({
      ...line,
      ranges: line.ranges.map(
        ([x, min, max]) => [x, Math.max(axis.min, min), Math.min(axis.max, max)] as const,
      ),
    })),
    caption:
      'A line through the medians, a dot for each run; a bar where only bounds are known, nothing where nothing is.',
    table: {
      columns: [
        { title: varied.path },
        ...drawn.flatMap(({ name }) =>
          (['median', 'least', 'most'] as const).map((what) => ({
            title: name === '' ? what : `${name}: ${what}`,
            align: 'right' as const,
          })),
        ),
      ],
      rows: varied.values.map((value, at): Text[] => [
        value,
        ...lines.flatMap((line) => spreadTexts(line, { text, unit, at })),
      ]),
    },
  };
}

type Range = readonly [x: number, min: number, max: number];

function drawnLine(line: SuiteLine, of: { text: string; share: number; role: Role }) {
  const { text, share, role } = of;
  const number = (measured: Measured): number | null =>
    measured.is === 'value' && typeof measured.value === 'number' ? measured.value * share : null;
  const runs: (readonly [number, number])[] = [];
  const ranges: Range[] = [];
  for (const [x, cell] of line.cells.entries()) {
    for (const { tallied } of cell.runs) {
      const found = tallied?.measures.find((one) => one.text === text)?.measured;
      if (found === undefined) continue;
      const exact = number(found);
      const bounds = intervalOf(found);
      if (exact !== null) runs.push([x, exact]);
      else if (bounds !== undefined) ranges.push([x, bounds.min * share, bounds.max * share]);
    }
  }
  const medians = line.cells.map(({ tally }) => {
    const found = tally.measures.find((one) => one.text === text)?.spread;
    return found === undefined ? null : number(found.median);
  });
  return { role, medians, runs, ranges };
}

/** So many times between the least and the most need a logarithmic axis. */
const FAR_APART = 30;

function axisOf(unit: string, of: { share: number; highest: number; lowest: number }): Axis {
  const { share, highest, lowest } = of;
  if (share === 100) {
    // What is all near 100 % would be one flat line on an axis from 0.
    const min = [95, 90, 75, 50].find((bottom) => lowest >= bottom) ?? 0;
    return { scale: 'linear', min, max: 100, unit: '%', title: '%', step: (100 - min) / 5 };
  }
  const named = axisUnit(unit);
  if (lowest > 0 && highest > lowest * FAR_APART) {
    const power = (value: number): number => Math.log10(value);
    return {
      scale: 'log',
      min: 10 ** Math.floor(power(lowest)),
      max: 10 ** Math.ceil(power(highest)),
      unit: named,
      title: unit,
    };
  }
  return linearAxis(Math.max(highest, 1e-3) * 1.05, named, unit);
}

function spreadTexts(line: SuiteLine, of: { text: string; unit: string; at: number }): string[] {
  const spread = line.cells[of.at]?.tally.measures.find(({ text }) => text === of.text)?.spread;
  if (spread === undefined) return ['—', '—', '—'];
  return [spread.median, spread.min, spread.max].map((one) =>
    one.is === 'unknown' ? 'unknown' : measured(one, of.unit, bareName(of.text)),
  );
}
