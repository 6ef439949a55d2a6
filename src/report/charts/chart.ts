import type { Table, Text } from '../document/blocks.ts';

/** What a colour stands for; the theme says which colour that is on which ground. */
export type Role =
  | 'wanted'
  | 'good'
  | 'answered'
  | 'median'
  | 'high'
  | 'worst'
  | 'service'
  | 'bad'
  | 'tone1'
  | 'tone2'
  | 'tone3'
  | 'tone4'
  | 'tone5'
  | 'tone6';

export type Health = 'healthy' | 'warning' | 'critical' | 'not judged';

/** A chart's mark by the rules of `readingPage`, and why. */
export interface Marked {
  health: Health;
  why: string;
}

/** Seconds from the first injection. */
export interface Stretch {
  from: number;
  to: number;
}

/** Not observed, and why, where that is known. */
export interface Gap extends Stretch {
  why?: string;
}

export interface WindowBand extends Stretch {
  name: 'baseline' | 'fault' | 'recovery' | 'run';
}

export interface Moment {
  at: number;
  label: string;
  kind: 'inject' | 'undo' | 'abort' | 'note' | 'reset';
}

/** What all charts of a report share: the same seconds, the same shades, the same lines. */
export interface Frame {
  from: number;
  to: number;
  bands: readonly WindowBand[];
  moments: readonly Moment[];
  /** What the x axis counts from. */
  axis: string;
}

export interface Series {
  name: string;
  role: Role;
  /** `faint`: thin and quiet; `dashed`: what was wanted; `step`: valid until the next; `bars` stack. */
  style: 'line' | 'area' | 'dashed' | 'faint' | 'dots' | 'step' | 'bars';
  points: readonly (readonly [number, number | null])[];
}

/** A row of coloured stretches: what was held, what was broken, who led. */
export interface Lane {
  name: string;
  parts: readonly (Stretch & { role: Role; label: string })[];
  /** Single moments on the lane. */
  ticks?: readonly number[];
}

export interface Axis {
  scale: 'linear' | 'log';
  min: number;
  max: number;
  /** How values are written. */
  unit: 'ms' | '%' | '/s' | 'count' | 's' | 'By' | 'By/s' | 'other';
  /** What stands beside the axis: `ms, logarithmic`. */
  title: string;
  step?: number;
}

export type Plot =
  | { is: 'series'; axis: Axis; series: readonly Series[]; bar_s?: number }
  | { is: 'lanes'; lanes: readonly Lane[] };

/** One chart, said without any library: the drawing, the words and the table behind it. */
export interface Chart {
  /** File name and id: `votes-latency`. */
  name: string;
  title: string;
  /** What it shows, for those who cannot see it. */
  says: string;
  mark?: Marked;
  frame: Frame;
  plot: Plot;
  /** Not observed: drawn hatched, and labelled where there is room. */
  gaps: readonly Gap[];
  /** Where a counter began again, on charts of its signal: lines of their own beside the frame's. */
  resets?: readonly Moment[];
  /** The interval at which its values were sampled: steps of that length are not the system's. */
  sampled_s?: number;
  /** Our own load was late here: what the target did is not proven. */
  limited: readonly Stretch[];
  /** Small marks under the plot: pod transitions. */
  ticks: readonly number[];
  caption: Text;
  table: Table;
}
