import { LineChart, ScatterChart } from 'echarts/charts';
import { GraphicComponent, GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Table, Text } from '../document/blocks.ts';
import type { Axis, Role } from './chart.ts';
import { label, legend } from './decor.ts';
import type { Canvas } from './draw.ts';
import { tidy } from './svg.ts';
import { ink } from './theme.ts';
import { yAxis } from './y-axis.ts';

use([LineChart, ScatterChart, GridComponent, GraphicComponent, SVGRenderer]);

/** A measure against the value that was varied: a line through the medians, a dot for each run. */
export interface Sweep {
  name: string;
  title: string;
  says: string;
  /** The values in their order. */
  values: readonly string[];
  /** What is varied. */
  varied: string;
  axis: Axis;
  lines: readonly {
    name: string;
    role: Role;
    /** The median at each value; null where it is not known. */
    medians: readonly (number | null)[];
    /** Each run by the index of its value. */
    runs: readonly (readonly [number, number])[];
    /** Runs of which only bounds are known: the index of the value, from, to. */
    ranges: readonly (readonly [number, number, number])[];
  }[];
  caption: Text;
  table: Table;
}

const HEIGHT = 190;
const LEFT = 56;

/** Draws a sweep as an SVG element, always the same for the same one. */
export function drawSweep(sweep: Sweep, { width, ground }: Canvas): string {
  const alone = ground === 'alone';
  const named = sweep.lines.length > 1 ? sweep.lines : [];
  const keys = named.map(({ name, role }) => ({ name, role, style: 'line' as const, points: [] }));
  const titled = alone ? 32 : 6;
  const key = legend(keys, { x: 4, y: titled + 8, width: width - 8 });
  const top = titled + (keys.length === 0 ? 0 : key.rows * 17 + 8) + 8;
  const height = top + HEIGHT + 46;
  const instance = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    instance.setOption({
      animation: false,
      textStyle: { fontFamily: 'sans-serif' },
      grid: { left: LEFT, right: 14, top, bottom: 46 },
      xAxis: xAxis(sweep),
      yAxis: yAxis(sweep.axis),
      series: sweep.lines.flatMap(seriesOf),
      graphic: {
        elements: [
          ...key.elements,
          ...(alone ? [label({ x: 4, y: 15, text: sweep.title, paint: 'ink', size: 15, bold: true })] : []),
          label({ x: width - 14, y: height - 9, text: sweep.varied, align: 'right' }),
        ],
      },
    });
    return tidy(instance.renderToSVGString(), { chart: sweep, ground, width, height });
  } finally {
    // A chart that is not disposed keeps the process alive.
    instance.dispose();
  }
}

function seriesOf({ name, role, medians, runs, ranges }: Sweep['lines'][number]): Record<string, unknown>[] {
  const color = ink(role);
  const shared = { name, silent: true, itemStyle: { color } };
  return [
    { ...shared, type: 'line', data: [...medians], symbolSize: 7, lineStyle: { color, width: 2 }, z: 4 },
    {
      ...shared,
      type: 'scatter',
      data: runs.map((run) => [...run]),
      symbolSize: 5,
      itemStyle: { color, opacity: 0.45 },
      z: 3,
    },
    ...ranges.map(([x, min, max]) => ({
      ...shared,
      type: 'line',
      data: [
        [x, min],
        [x, max],
      ],
      symbolSize: 4,
      lineStyle: { color, width: 5, opacity: 0.4 },
      z: 2,
    })),
  ];
}

const xAxis = (sweep: Sweep): Record<string, unknown> => ({
  type: 'category',
  data: [...sweep.values],
  axisLine: { lineStyle: { color: ink('quiet'), width: 1 } },
  axisTick: { show: false },
  axisLabel: { color: ink('quiet'), fontSize: 11, margin: 9, interval: 0, hideOverlap: true },
});
