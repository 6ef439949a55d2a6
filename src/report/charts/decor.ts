import { clean, shorten } from '../document/clean.ts';
import type { Chart, Moment, Series, Stretch } from './chart.ts';
import { ink, type Paint } from './theme.ts';

/** Where the plot lies in the picture, in pixels, and how seconds become pixels. */
export interface Room {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  x(seconds: number): number;
}

/** An element as the drawing library's graphic component takes it. */
export type Element = Record<string, unknown>;

const FONT = 11;
/** A guess that errs on the wide side: letters of a sans-serif at 11 px. */
export const textWidth = (text: string, size = FONT): number => text.length * size * 0.6;

export interface Label {
  x: number;
  y: number;
  text: string;
  paint?: Paint;
  align?: 'left' | 'center' | 'right';
  size?: number;
  bold?: boolean;
  /** A rim in the ground's colour, for text that lines cross. */
  rim?: true;
}

/** Text with its middle at `y`. */
export function label(of: Label): Element {
  return {
    type: 'text',
    silent: true,
    z: 10,
    style: {
      x: of.x,
      y: of.y,
      text: clean(of.text),
      fill: ink(of.paint ?? 'quiet'),
      textAlign: of.align ?? 'left',
      textVerticalAlign: 'middle',
      fontSize: of.size ?? FONT,
      fontWeight: of.bold === true ? 600 : 400,
      ...(of.rim === true ? { stroke: ink('ground'), lineWidth: 3 } : {}),
    },
  };
}

export function box(
  at: { x: number; y: number; width: number; height: number; r?: number },
  paint: Paint,
  opacity = 1,
): Element {
  const { r = 0, ...shape } = at;
  return { type: 'rect', silent: true, z: 0, shape: { ...shape, r }, style: { fill: ink(paint), opacity } };
}

function line(points: readonly [number, number, number, number], style: Element): Element {
  const [x1, y1, x2, y2] = points;
  return { type: 'line', silent: true, z: 8, shape: { x1, y1, x2, y2 }, style: { fill: 'none', ...style } };
}

const clamp = (value: number, from: number, to: number): number => Math.min(to, Math.max(from, value));

function pixels(stretch: Stretch, room: Room): { x: number; width: number } {
  const from = clamp(room.x(stretch.from), room.left, room.width - room.right);
  const to = clamp(room.x(stretch.to), room.left, room.width - room.right);
  return { x: from, width: Math.max(0, to - from) };
}

/** Shades of the windows, with their names above the plot where there is room for them. */
export function windowShades(chart: Chart, room: Room): Element[] {
  const height = room.height - room.top - room.bottom;
  const paint: Record<string, Paint> = { fault: 'fault', recovery: 'recovery' };
  return chart.frame.bands.flatMap((band) => {
    const { x, width } = pixels(band, room);
    const shade = paint[band.name];
    const named = width > textWidth(band.name) + 4;
    const strip = box(
      { x, y: room.top - 3, width: Math.max(1, width - 1), height: 3 },
      shade ?? 'gap',
      shade === undefined ? 0.35 : 0.85,
    );
    return [
      ...(shade === undefined
        ? []
        : [box({ x, y: room.top, width, height }, shade, shade === 'fault' ? 0.13 : 0.06)]),
      strip,
      ...(named ? [label({ x: x + 3, y: room.top - 12, text: band.name })] : []),
    ];
  });
}

function hatch(at: { x: number; y: number; width: number; height: number }): Element[] {
  const lines: Element[] = [];
  for (let offset = 7 - at.height; offset < at.width; offset += 7) {
    const start = Math.max(0, -offset);
    const end = Math.min(at.height, at.width - offset);
    const foot = at.y + at.height;
    const ends = [at.x + offset + start, foot - start, at.x + offset + end, foot - end] as const;
    if (end > start) lines.push({ ...line(ends, { stroke: ink('gap'), lineWidth: 1, opacity: 0.55 }), z: 1 });
  }
  return lines;
}

/** Hatched where nothing was observed; named where there is room. */
export function gapHatches(chart: Chart, room: Room): Element[] {
  const height = room.height - room.top - room.bottom;
  return chart.gaps.flatMap((gap) => {
    const at = { ...pixels(gap, room), y: room.top, height };
    if (at.width < 1) return [];
    const named = at.width > textWidth('not observed') + 8;
    const middle = { x: at.x + at.width / 2, y: room.top + height / 2 };
    return [
      box(at, 'gap', 0.1),
      ...hatch(at),
      ...(named ? [label({ ...middle, text: 'not observed', align: 'center', paint: 'ink' })] : []),
    ];
  });
}

/** A dotted bar at the foot of the plot where our own load was late. */
export function limitedBars(chart: Chart, room: Room): Element[] {
  const y = room.height - room.bottom - 2;
  return chart.limited.map((stretch) => {
    const { x, width } = pixels(stretch, room);
    return line([x, y, x + Math.max(2, width), y], { stroke: ink('notice'), lineWidth: 3, lineDash: [2, 2] });
  });
}

/** Small marks just under the plot, one for each thing that happened. */
export function eventTicks(chart: Chart, room: Room): Element[] {
  const y = room.height - room.bottom;
  const columns = new Set(chart.ticks.map((at) => Math.round(room.x(at))));
  return [...columns].map((x) =>
    line([x, y + 1, x, y + 6], { stroke: ink('notice'), lineWidth: 1.5, opacity: 0.8 }),
  );
}

const momentPaint: Record<Moment['kind'], Paint> = {
  inject: 'inject',
  undo: 'undo',
  abort: 'bad',
  note: 'notice',
};
const momentSign: Record<Moment['kind'], string> = { inject: '▼', undo: '▲', abort: '■', note: '●' };

/** Height of the rows that the moments' labels need; one moment may have to give way to another. */
export const MOMENT_ROW = 14;

/** Lines through the plot where something was done, labelled above in as many rows as they need (at most three). */
export function momentLines(chart: Chart, room: Room, rowsAvailable: number): Element[] {
  const ends: number[] = [];
  return chart.frame.moments.flatMap((moment) => {
    const x = clamp(room.x(moment.at), room.left, room.width - room.right);
    const text = `${momentSign[moment.kind]} ${shorten(clean(moment.label), 30)}`;
    const wide = textWidth(text);
    const flipped = x + wide > room.width - 2;
    const start = flipped ? x - wide : x - 4;
    const row = [...Array(rowsAvailable).keys()].find((index) => (ends[index] ?? 0) <= start);
    if (row !== undefined) ends[row] = start + wide + 6;
    const y = room.top - 26 - (row ?? 0) * MOMENT_ROW;
    const paint = momentPaint[moment.kind];
    const top = row === undefined ? room.top : y + 7;
    return [
      line([x, top, x, room.height - room.bottom], {
        stroke: ink(paint),
        lineWidth: 1.5,
        lineDash: moment.kind === 'undo' ? [4, 3] : [],
      }),
      ...(row === undefined
        ? []
        : [
            label({
              x: flipped ? x + 4 : x - 4,
              y,
              text,
              paint,
              bold: true,
              rim: true,
              align: flipped ? 'right' : 'left',
            }),
          ]),
    ];
  });
}

/** How many rows the moments' labels would like. */
export function momentRows(chart: Chart, x: (seconds: number) => number): number {
  const ends: number[] = [];
  for (const moment of chart.frame.moments) {
    const start = x(moment.at) - 4;
    const row = ends.findIndex((end) => end <= start);
    const width = textWidth(shorten(moment.label, 30)) + 22;
    if (row === -1) ends.push(start + width);
    else ends[row] = start + width;
  }
  return Math.min(3, ends.length);
}

const swatch = (series: Series, x: number, y: number): Element => {
  if (series.style === 'bars') return box({ x: x + 3, y: y - 5, width: 10, height: 10, r: 2 }, series.role);
  if (series.style === 'dots')
    return {
      type: 'circle',
      silent: true,
      shape: { cx: x + 8, cy: y, r: 2.5 },
      style: { fill: ink(series.role) },
    };
  const dash = series.style === 'dashed' ? [4, 3] : [];
  const width = series.style === 'faint' ? 1.2 : 2;
  return line([x, y, x + 16, y], { stroke: ink(series.role), lineWidth: width, lineDash: dash });
};

interface Legend {
  elements: Element[];
  rows: number;
}

/** A row (or more, on narrow pictures) of what the lines mean. */
export function legend(series: readonly Series[], from: { x: number; y: number; width: number }): Legend {
  let [x, row] = [from.x, 0];
  const elements = series.flatMap((one) => {
    const wide = 22 + textWidth(one.name, 12) + 14;
    if (x > from.x && x + wide - 14 > from.x + from.width) [x, row] = [from.x, row + 1];
    const y = from.y + row * 17;
    const at = x;
    x += wide;
    return [swatch(one, at, y), label({ x: at + 22, y, text: one.name, paint: 'ink', size: 12 })];
  });
  return { elements, rows: row + 1 };
}
