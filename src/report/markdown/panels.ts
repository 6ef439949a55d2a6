import { draw } from '../charts/draw.ts';
import type { Panel, PanelRow } from '../charts/panels.ts';
import { drawSweep } from '../charts/sweep.ts';
import type { Block } from '../document/blocks.ts';
import { inlineMarkdown, plainMarkdown } from './inline.ts';

interface Pictures {
  text: string;
  charts: { name: string; svg: string }[];
}

type Pictured = Extract<Block, { is: 'panels' | 'sweep' }>;

const WIDE = 880;
const SMALL = 420;
/** Panels in one row of the text's table. */
const ABREAST = 3;

/** Charts side by side as a table of pictures, or one picture; `folder` is where they lie. */
export function picturesMarkdown(block: Pictured, folder: string): Pictures {
  if (block.is === 'panels') return panels(block.row, folder);
  const { sweep } = block;
  return {
    text: `#### ${plainMarkdown(sweep.title)}\n\n![${plainMarkdown(sweep.says)}](${folder}/${sweep.name}.svg)\n\n${inlineMarkdown(sweep.caption)}`,
    charts: [{ name: sweep.name, svg: drawSweep(sweep, { width: WIDE, ground: 'alone' }) }],
  };
}

function panels(row: PanelRow, folder: string): Pictures {
  const charts = row.panels.flatMap(({ chart }) =>
    chart === undefined
      ? []
      : [{ name: chart.name, svg: draw(chart, { width: SMALL, ground: 'alone', panel: true }) }],
  );
  const rows: string[] = [];
  for (let first = 0; first < row.panels.length; first += ABREAST) {
    const some = row.panels.slice(first, first + ABREAST);
    const line = (cell: (panel: Panel) => string): string => `| ${some.map(cell).join(' | ')} |`;
    rows.push(
      [
        line(({ label, title }) => `${plainMarkdown(label)} · ${plainMarkdown(title)}`),
        line(() => '---'),
        line((panel) => picture(panel, folder)),
      ].join('\n'),
    );
  }
  const legend = row.legend.map(({ name }) => plainMarkdown(name)).join(', ');
  return {
    text: [
      `#### ${plainMarkdown(row.title)}`,
      ...rows,
      `Lines: ${legend}. ${inlineMarkdown(row.caption)}`,
    ].join('\n\n'),
    charts,
  };
}

const picture = ({ chart }: Panel, folder: string): string =>
  chart === undefined
    ? 'not recorded'
    : `![${plainMarkdown(chart.says)}](${folder}/${chart.name}.svg)${chart.mark === undefined ? '' : `<br>${chart.mark.health}`}`;
