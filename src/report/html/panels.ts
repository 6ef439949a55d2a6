import { draw } from '../charts/draw.ts';
import type { Panel, PanelRow } from '../charts/panels.ts';
import { drawSweep, type Sweep } from '../charts/sweep.ts';
import { inline, plain } from './inline.ts';

/** Pixels of one drawing: of two panels a row, and of more. */
const BROAD = 420;
const SMALL = 320;

const sweepWidths = { wide: 560, narrow: 358 } as const;

function panelHtml({ label, title, chart }: Panel, width: number): string {
  const mark =
    chart?.mark === undefined
      ? ''
      : `<span class="mark ${chart.mark.health.replace(' ', '-')}">${plain(chart.mark.health)}</span>`;
  const picture =
    chart === undefined
      ? '<p class="none">not recorded</p>'
      : draw(chart, { width, ground: 'page', panel: true });
  return `<div class="panel"><header><b>${plain(label)}</b><span title="${plain(title)}">${plain(title)}</span>${mark}</header>${picture}</div>`;
}

/** Charts of the same series side by side, with one legend, and the table behind them. */
export function panelsHtml(row: PanelRow, table: string): string {
  const width = row.panels.length <= 2 ? BROAD : SMALL;
  const keys = row.legend.map(
    ({ name, role, style }) => `<li class="key k-${style}" style="--k:var(--c-${role})">${plain(name)}</li>`,
  );
  return `<figure class="chart" id="chart-${plain(row.name)}">
<figcaption><h3>${plain(row.title)}</h3></figcaption>
<ul class="legend">${keys.join('')}</ul>
<div class="panels" style="--least:${width - 30}px">${row.panels.map((panel) => panelHtml(panel, width)).join('\n')}</div>
<p class="caption">${inline(row.caption)}</p>
<details class="data"><summary>The numbers behind it: ${plain(row.leading)} (${row.table.rows.length} rows)</summary>${table}</details>
</figure>`;
}

/** A measure against what was varied, and the table behind it. */
export const sweepHtml = (
  sweep: Sweep,
  table: string,
): string => `<figure class="chart sweep" id="chart-${plain(sweep.name)}">
<figcaption><h3>${plain(sweep.title)}</h3></figcaption>
<div class="wide">${drawSweep(sweep, { width: sweepWidths.wide, ground: 'page' })}</div>
<div class="narrow">${drawSweep(sweep, { width: sweepWidths.narrow, ground: 'page' })}</div>
<p class="caption">${inline(sweep.caption)}</p>
<details class="data"><summary>The numbers behind it (${sweep.table.rows.length} rows)</summary>${table}</details>
</figure>`;
