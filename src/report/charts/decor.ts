import { clean, shorten } from '../document/clean.ts';
import type { Chart, Gap, Moment, Series, Stretch } from './chart.ts';
import { rangeText } from './frame.ts';
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

/** Words in lines of at most so many pixels; undefined where a word is too long, or the lines are too many. */
function inLines(text: string, width: number): string[] | undefined {
  const lines: string[] = [];
  for (const word of clean(text).split(/\s+/)) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && textWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.length <= 4 && lines.every((one) => textWidth(one) <= width) ? lines : undefined;
}

/** What a gap is called, in lines: that, when and why, as much of it as fits. */
function gapLabel(gap: Gap, width: number): string[] {
  const lines = ['not observed', rangeText(gap)].filter((text) => textWidth(text) <= width);
  return lines.length < 2 ? lines : [...lines, ...(inLines(gap.why ?? '', width) ?? [])];
}

const GAP_LINE = 14;

/** Hatched where nothing was observed; named, with the reason, where there is room. */
export function gapHatches(chart: Chart, room: Room): Element[] {
  const height = room.height - room.top - room.bottom;
  return chart.gaps.flatMap((gap) => {
    const at = { ...pixels(gap, room), y: room.top, height };
    if (at.width < 1) return [];
    const lines = gapLabel(gap, at.width - 8);
    const middle = room.top + height / 2 - ((lines.length - 1) * GAP_LINE) / 2;
    const named = lines.map((text, index) =>
      label({
        x: at.x + at.width / 2,
        y: middle + index * GAP_LINE,
        text,
        align: 'center',
        paint: 'ink',
        rim: true,
      }),
    );
    return [box(at, 'gap', 0.1), ...hatch(at), ...named];
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
  reset: 'notice',
};
const momentSign: Record<Moment['kind'], string> = {
  inject: '▼',
  undo: '▲',
  abort: '■',
  note: '●',
  reset: '↺',
};

const momentDash: Partial<Record<Moment['kind'], number[]>> = { undo: [4, 3], reset: [1, 3] };

/** The longest label of a moment, in letters. */
const MOMENT_LETTERS = 36;

const momentsOf = (chart: Chart): Moment[] =>
  [...chart.frame.moments, ...(chart.resets ?? [])].sort((a, b) => a.at - b.at);

/** Height of the rows that the moments' labels need; one moment may have to give way to another. */
export const MOMENT_ROW = 14;

/** Where a moment's label stands: in which row, and to which side of its line. */
interface Placed {
  text: string;
  row: number;
  flipped: boolean;
  end: number;
}

/** The first of a label's forms (whole, or what stands before its colon) that has room in a row. */
function placed(
  moment: Moment,
  x: number,
  of: { ends: readonly number[]; width: number },
): Placed | undefined {
  const forms = new Set([moment.label, moment.label.split(':')[0] ?? '']);
  for (const form of forms) {
    const text = `${momentSign[moment.kind]} ${shorten(clean(form), MOMENT_LETTERS)}`;
    const wide = textWidth(text);
    const flipped = x + wide > of.width - 2;
    const start = flipped ? x - wide : x - 4;
    const row = of.ends.findIndex((end) => end <= start);
    if (row >= 0) return { text, row, flipped, end: start + wide + 6 };
  }
  return undefined;
}

/** Lines through the plot where something was done, labelled above in as many rows as they need (at most three). */
export function momentLines(chart: Chart, room: Room, rowsAvailable: number): Element[] {
  const ends = Array.from({ length: rowsAvailable }, () => 0);
  return momentsOf(chart).flatMap((moment) => {
    const x = clamp(room.x(moment.at), room.left, room.width - room.right);
    const paint = momentPaint[moment.kind];
    const at = placed(moment, x, { ends, width: room.width });
    if (at !== undefined) ends[at.row] = at.end;
    const y = room.top - 26 - (at?.row ?? 0) * MOMENT_ROW;
    const top = at === undefined ? room.top : y + 7;
    const style = { stroke: ink(paint), lineWidth: 1.5, lineDash: momentDash[moment.kind] ?? [] };
    return [
      line([x, top, x, room.height - room.bottom], style),
      ...(at === undefined
        ? []
        : [
            label({
              x: at.flipped ? x + 4 : x - 4,
              y,
              text: at.text,
              paint,
              bold: true,
              rim: true,
              align: at.flipped ? 'right' : 'left',
            }),
          ]),
    ];
  });
}

/** How many rows the moments' labels would like. */
export function momentRows(chart: Chart, x: (seconds: number) => number): number {
  const ends: number[] = [];
  for (const moment of momentsOf(chart)) {
    const start = x(moment.at) - 4;
    const row = ends.findIndex((end) => end <= start);
    const width = textWidth(shorten(moment.label, MOMENT_LETTERS)) + 22;
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
