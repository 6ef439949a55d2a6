import type { Chart } from '../charts/chart.ts';
import { draw } from '../charts/draw.ts';
import type { Block, Entry, Fact, Table } from '../document/blocks.ts';
import { inline, plain } from './inline.ts';
import { panelsHtml, sweepHtml } from './panels.ts';
import { prose } from './prose.ts';

/** Pixels of the two drawings of each chart: the page shows the one that fits. */
const WIDE = 880;
const NARROW = 358;

/** `data`: many rows of numbers; `keyed`: names and values; `cards`: each row becomes a card on a phone. */
type TableLook = 'data' | 'keyed' | 'cards' | 'plain';

function lookOf(table: Table): TableLook {
  if (table.columns.every((column) => column.title === '')) return 'keyed';
  return table.columns.length > 2 ? 'cards' : 'plain';
}

function tableHtml(table: Table, look: TableLook = lookOf(table)): string {
  const side = table.columns.map((column) => (column.align === 'right' ? ' class="num"' : ''));
  const titles = table.columns.map((column) => plain(column.title));
  const head = titles.map((title, index) => `<th scope="col"${side[index] ?? ''}>${title}</th>`).join('');
  const cell = (html: string, index: number): string => {
    if (look === 'keyed' && index === 0) return `<th scope="row">${html}</th>`;
    const label = look === 'cards' && titles[index] ? ` data-label="${titles[index]}"` : '';
    return `<td${side[index] ?? ''}${label}>${html}</td>`;
  };
  const rows = table.rows.map(
    (row) => `<tr>${row.map((text, index) => cell(inline(text), index)).join('')}</tr>`,
  );
  const thead = look === 'keyed' ? '' : `<thead><tr>${head}</tr></thead>`;
  return `<div class="scroll" tabindex="0"><table class="${look}">${thead}<tbody>${rows.join('\n')}</tbody></table></div>`;
}

function factHtml(fact: Fact): string {
  const note =
    fact.note === undefined || fact.note === '' ? '' : `<span class="note">${plain(fact.note)}</span>`;
  return `<div class="fact ${fact.tone ?? 'plain'}"><dt>${plain(fact.label)}</dt><dd>${plain(fact.value)}${note}</dd></div>`;
}

function entryHtml(entry: Entry): string {
  return `<li class="${entry.kind}"><span class="at">${plain(entry.at)}</span><span class="clock">${plain(entry.clock)}</span><span class="what">${inline(entry.text)}</span></li>`;
}

function chartHtml(chart: Chart): string {
  const mark =
    chart.mark === undefined
      ? ''
      : `<span class="mark ${chart.mark.health.replace(' ', '-')}">${plain(chart.mark.health)}</span>`;
  const scale =
    chart.plot.is === 'series' && chart.plot.axis.scale === 'log'
      ? '<span class="scale">logarithmic</span>'
      : '';
  const rows = chart.table.rows.length;
  return `<figure class="chart" id="chart-${plain(chart.name)}">
<figcaption><h3>${plain(chart.title)}</h3>${scale}${mark}</figcaption>
<div class="wide">${draw(chart, { width: WIDE, ground: 'page' })}</div>
<div class="narrow">${draw(chart, { width: NARROW, ground: 'page' })}</div>
<p class="caption">${inline(chart.caption)}</p>
<details class="data"><summary>The numbers behind it (${rows} rows)</summary>${tableHtml(chart.table, 'data')}</details>
</figure>`;
}

function answers(block: Extract<Block, { is: 'answers' }>): string {
  const items = block.answers.map(
    (one) => `<div><dt>${plain(one.question)}</dt><dd>${inline(one.answer)}</dd></div>`,
  );
  return `<dl class="answers">${items.join('\n')}</dl>`;
}

/** What the page needs beside the block itself. */
export interface Page {
  /** The inside of 'What we learnt', markers and all. */
  learnt: string;
}

/** One block as HTML. */
export function blockHtml(block: Block, page: Page): string {
  switch (block.is) {
    case 'paragraph':
      return `<p${block.lead === true ? ' class="lead"' : ''}>${inline(block.text)}</p>`;
    case 'heading':
      return `<h3>${plain(block.text)}</h3>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`;
    case 'table':
      return tableHtml(block.table);
    case 'code':
      return `<pre tabindex="0"><code>${plain(block.text)}</code></pre>`;
    case 'facts':
      return `<dl class="facts">${block.facts.map(factHtml).join('\n')}</dl>`;
    case 'answers':
      return answers(block);
    case 'timeline':
      return `<ol class="timeline">${block.entries.map(entryHtml).join('\n')}</ol>`;
    case 'chart':
      return chartHtml(block.chart);
    case 'panels':
      return panelsHtml(block.row, tableHtml(block.row.table, 'data'));
    case 'sweep':
      return sweepHtml(block.sweep, tableHtml(block.sweep.table, 'data'));
    case 'details':
      return `<details><summary>${plain(block.summary)}</summary>${block.blocks.map((one) => blockHtml(one, page)).join('\n')}</details>`;
    case 'learnt':
      return page.learnt;
  }
}

/** What people wrote, rendered. */
export const learntHtml = (markdown: string): string => prose(markdown);
