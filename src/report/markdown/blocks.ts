import type { Chart } from '../charts/chart.ts';
import { draw } from '../charts/draw.ts';
import type { Block, Entry, EntryKind, Fact, Table } from '../document/blocks.ts';
import { clean } from '../document/clean.ts';
import { markTones } from '../sections/happened.ts';
import { inlineMarkdown, plainMarkdown, toneSign } from './inline.ts';
import { picturesMarkdown } from './panels.ts';

/** A chart as a file beside the report. */
export interface ChartFile {
  name: string;
  svg: string;
}

const WIDTH = 880;

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.trim() || ' ').join(' | ')} |`;

function tableMarkdown(table: Table): string {
  const rule = table.columns.map((column) => (column.align === 'right' ? '---:' : '---'));
  return [
    row(table.columns.map((column) => plainMarkdown(column.title))),
    row(rule),
    ...table.rows.map((cells) => row(cells.map(inlineMarkdown))),
  ].join('\n');
}

/** A fence that the text itself cannot end. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${clean(text)}\n${fence}`;
}

const detailsMarkdown = (summary: string, inner: string): string =>
  `<details>\n<summary>${plainMarkdown(summary)}</summary>\n\n${inner}\n\n</details>`;

const factRow = (fact: Fact): string =>
  row([
    plainMarkdown(fact.label),
    `${fact.tone === undefined ? '' : `${toneSign(fact.tone)} `}**${plainMarkdown(fact.value)}**`,
    plainMarkdown(fact.note ?? ''),
  ]);

const kindSigns: Record<EntryKind, string> = {
  phase: '◆',
  injection: '▼',
  undo: '▲',
  event: '·',
  signal: '!',
  abort: '■',
  note: '✎',
  blind: '▨',
};

const entryRow = (entry: Entry): string =>
  row([plainMarkdown(entry.at), entry.clock, kindSigns[entry.kind], inlineMarkdown(entry.text)]);

function chartMarkdown(chart: Chart): string {
  const mark =
    chart.mark === undefined ? '' : ` (${toneSign(markTones[chart.mark.health])} ${chart.mark.health})`;
  const alt = plainMarkdown(chart.says);
  return [
    `#### ${plainMarkdown(chart.title)}${mark}`,
    `![${alt}](charts/${chart.name}.svg)`,
    inlineMarkdown(chart.caption),
    detailsMarkdown(`The numbers behind it (${chart.table.rows.length} rows)`, tableMarkdown(chart.table)),
  ].join('\n\n');
}

/** What the page needs beside the block itself; charts are collected on the way. */
export interface Sheet {
  learnt: string;
  charts: ChartFile[];
  /** Where the charts lie, from the text: `charts` unless told. */
  folder?: string;
}

const items = (texts: readonly Parameters<typeof inlineMarkdown>[0][]): string =>
  texts.map((text) => `- ${inlineMarkdown(text)}`).join('\n');

/** One block as Markdown. */
export function blockMarkdown(block: Block, sheet: Sheet): string {
  switch (block.is) {
    case 'paragraph':
      return inlineMarkdown(block.text);
    case 'heading':
      return `### ${plainMarkdown(block.text)}`;
    case 'list':
      return items(block.items);
    case 'table':
      return tableMarkdown(block.table);
    case 'code':
      return fenced(block.text);
    case 'facts':
      return [row(['', '', '']), row(['---', '---', '---']), ...block.facts.map(factRow)].join('\n');
    case 'answers':
      return block.answers
        .map((one) => `**${plainMarkdown(one.question)}** ${inlineMarkdown(one.answer)}`)
        .join('\n\n');
    case 'timeline':
      return [
        row(['', 'UTC', '', 'what']),
        row(['---:', '---', '---', '---']),
        ...block.entries.map(entryRow),
      ].join('\n');
    case 'chart':
      sheet.charts.push({
        name: block.chart.name,
        svg: draw(block.chart, { width: WIDTH, ground: 'alone' }),
      });
      return chartMarkdown(block.chart);
    case 'panels':
    case 'sweep': {
      const { text, charts } = picturesMarkdown(block, sheet.folder ?? 'charts');
      const { table } = block.is === 'panels' ? block.row : block.sweep;
      sheet.charts.push(...charts);
      return `${text}\n\n${detailsMarkdown(`The numbers behind it (${table.rows.length} rows)`, tableMarkdown(table))}`;
    }
    case 'details':
      return detailsMarkdown(
        block.summary,
        block.blocks.map((one) => blockMarkdown(one, sheet)).join('\n\n'),
      );
    case 'learnt':
      return sheet.learnt;
  }
}
