import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GraphicComponent, GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { clean, shorten } from '../document/clean.ts';
import { figure } from '../words/figures.ts';
import type { Axis, Chart, Lane, Plot, Series } from './chart.ts';
import {
  box,
  type Element,
  eventTicks,
  gapHatches,
  label,
  legend,
  limitedBars,
  MOMENT_ROW,
  momentLines,
  momentRows,
  type Room,
  textWidth,
  windowShades,
} from './decor.ts';
import { axisLabel, niceTicks } from './scale.ts';
import { tidy } from './svg.ts';
import { ink } from './theme.ts';
import { yAxis } from './y-axis.ts';

use([LineChart, BarChart, ScatterChart, GridComponent, GraphicComponent, SVGRenderer]);

/** `page`: colours by CSS variables, title in the page; `alone`: a file of its own, with title and ground. */
export interface Canvas {
  width: number;
  ground: 'page' | 'alone';
  /** One of many beside each other: lower, without legend, axis title and labels, which they share. */
  panel?: true;
}

const PLOT_HEIGHT = 150;
const PANEL_HEIGHT = 104;
const LANE_HEIGHT = 36;
/** The same for every chart, so that their seconds stand above each other. */
const LEFT = 56;

interface Layout {
  room: Room;
  rows: number;
  legendY: number;
}

function layout(chart: Chart, canvas: Canvas): Layout {
  const [left, right, bottom] = [LEFT, 12, canvas.panel === true ? 24 : 38];
  const { from, to } = chart.frame;
  const x = (seconds: number): number =>
    left + ((seconds - from) / (to - from || 1)) * (canvas.width - left - right);
  const titled = canvas.ground === 'alone' ? 34 : 4;
  const series = legendSeries(chart, canvas);
  const legendRows = series.length === 0 ? 0 : legend(series, { x: 4, y: 0, width: canvas.width - 8 }).rows;
  const rows = canvas.panel === true ? 0 : momentRows(chart, x);
  const top = titled + legendRows * 17 + (legendRows > 0 ? 6 : 0) + rows * MOMENT_ROW + 22;
  const lanes = chart.plot.is === 'lanes' ? chart.plot.lanes.length : 0;
  const plot = canvas.panel === true ? PANEL_HEIGHT : PLOT_HEIGHT;
  const inner = lanes === 0 ? plot : lanes * LANE_HEIGHT + 6;
  const room = { width: canvas.width, height: top + inner + bottom, left, right, top, bottom, x };
  return { room, rows, legendY: titled + 8 };
}

const legendSeries = ({ plot }: Chart, { panel }: Canvas): readonly Series[] =>
  plot.is === 'series' && panel !== true ? plot.series : [];

function seriesOption(series: Series, bar_px: number): Element {
  const color = ink(series.role);
  const data = series.points.map(([x, y]) => [x, y]);
  const shared = { name: series.name, data, silent: true, z: 4, itemStyle: { color } };
  if (series.style === 'bars') return { ...shared, type: 'bar', stack: 'all', barWidth: bar_px };
  if (series.style === 'dots') return { ...shared, type: 'scatter', symbolSize: 3.6, z: 3 };
  const width = series.style === 'faint' || series.style === 'dashed' ? 1.3 : 2;
  return {
    ...shared,
    type: 'line',
    showSymbol: false,
    lineStyle: { color, width, type: series.style === 'dashed' ? [4, 3] : 'solid', join: 'round' },
    ...(series.style === 'step' ? { step: 'end' } : { step: 'middle' }),
    ...(series.style === 'area' ? { areaStyle: { color, opacity: 0.13 } } : {}),
    ...(series.style === 'faint' ? { z: 3 } : {}),
  };
}

/** Steps lie on each other often; the first, which matters most, is drawn last. */
function drawnOrder(plot: Plot): readonly Series[] {
  if (plot.is !== 'series') return [];
  return plot.series.every((one) => one.style === 'step') ? plot.series.toReversed() : plot.series;
}

function xAxis(chart: Chart, room: Room): Element {
  const { from, to } = chart.frame;
  const ticks = niceTicks(
    from,
    to,
    Math.max(3, Math.floor((room.width - room.left) / (room.width < 600 ? 52 : 80))),
  );
  return {
    type: 'value',
    min: from,
    max: to,
    containShape: false,
    axisLine: { onZero: false, lineStyle: { color: ink('quiet'), width: 1 } },
    axisTick: { customValues: ticks, lineStyle: { color: ink('quiet') } },
    splitLine: { show: false },
    axisLabel: {
      customValues: ticks,
      color: ink('quiet'),
      fontSize: 11,
      margin: 9,
      formatter: (value: number) => axisLabel(value, 's'),
    },
  };
}

function laneElements(lane: Lane, y: number, room: Room): Element[] {
  const barY = y + 16;
  const height = 14;
  const most = Math.floor((room.width - room.left - room.right) / 6.4);
  const name = label({
    x: room.left + 3,
    y: y + 7,
    text: shorten(clean(lane.name), most),
    paint: 'ink',
    rim: true,
  });
  const ground = box(
    { x: room.left, y: barY + 6, width: room.width - room.left - room.right, height: 2 },
    'grid',
  );
  const parts = lane.parts.flatMap((part) => {
    const x = Math.max(room.left, room.x(part.from));
    const width = Math.max(3, Math.min(room.width - room.right, room.x(part.to)) - x);
    const text = shorten(clean(part.label), 40);
    const fits = part.label !== '' && textWidth(text) + 8 < width;
    return [
      { ...box({ x, y: barY, width, height, r: 3 }, part.role, 1), z: 5 },
      ...(fits ? [{ ...label({ x: x + 5, y: barY + 7, text, paint: 'ground', bold: true }), z: 11 }] : []),
    ];
  });
  const ticks = (lane.ticks ?? []).map((tick) => ({
    ...box({ x: room.x(tick) - 1, y: barY, width: 2, height }, 'notice'),
    z: 5,
  }));
  return [name, ground, ...parts, ...ticks];
}

function lanesOf(chart: Chart, room: Room): Element[] {
  if (chart.plot.is !== 'lanes') return [];
  return chart.plot.lanes.flatMap((lane, index) =>
    laneElements(lane, room.top + 3 + index * LANE_HEIGHT, room),
  );
}

function elements(chart: Chart, canvas: Canvas, of: Layout): Element[] {
  const { room } = of;
  const alone = canvas.ground === 'alone';
  const series = legendSeries(chart, canvas);
  const title = alone ? [label({ x: 4, y: 16, text: chart.title, paint: 'ink', size: 15, bold: true })] : [];
  const mark =
    alone && chart.mark !== undefined
      ? [
          label({
            x: canvas.width - 12,
            y: 16,
            text: chart.mark.health,
            paint: 'ink',
            align: 'right',
            size: 12,
            bold: true,
          }),
        ]
      : [];
  const axis = label({
    x: canvas.width - room.right,
    y: room.height - 8,
    text: chart.frame.axis,
    align: 'right',
  });
  const foot = canvas.panel === true ? [] : [axis];
  const sampled =
    chart.sampled_s === undefined || canvas.panel === true
      ? []
      : [label({ x: 4, y: room.height - 8, text: `sampled every ${figure(chart.sampled_s)} s` })];
  return [
    ...windowShades(chart, room),
    ...gapHatches(chart, room),
    ...lanesOf(chart, room),
    ...momentLines(chart, room, of.rows),
    ...limitedBars(chart, room),
    ...eventTicks(chart, room),
    ...legend(series, { x: 4, y: of.legendY, width: canvas.width - 8 }).elements,
    ...title,
    ...mark,
    ...foot,
    ...sampled,
  ];
}

/** Draws a chart as an SVG element, always the same for the same chart. */
export function draw(chart: Chart, canvas: Canvas): string {
  const of = layout(chart, canvas);
  const { room } = of;
  const plot = chart.plot;
  const bar_s = plot.is === 'series' ? (plot.bar_s ?? 1) : 1;
  const bar_px = Math.max(1, room.x(bar_s) - room.x(0) - 0.6);
  const axis: Axis =
    plot.is === 'series' ? plot.axis : { scale: 'linear', min: 0, max: 1, unit: 'other', title: '' };
  const instance = init(null, null, { renderer: 'svg', ssr: true, width: room.width, height: room.height });
  try {
    instance.setOption({
      animation: false,
      textStyle: { fontFamily: 'sans-serif' },
      grid: { left: room.left, right: room.right, top: room.top, bottom: room.bottom },
      xAxis: xAxis(chart, room),
      yAxis: { ...yAxis(axis), show: plot.is === 'series' },
      series: drawnOrder(plot).map((one) => seriesOption(one, bar_px)),
      graphic: { elements: elements(chart, canvas, of) },
    });
    return tidy(instance.renderToSVGString(), {
      chart,
      ground: canvas.ground,
      width: room.width,
      height: room.height,
    });
  } finally {
    // A chart that is not disposed keeps the process alive.
    instance.dispose();
  }
}
