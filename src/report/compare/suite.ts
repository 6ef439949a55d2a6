import type { Struggle } from '../../judge/compare/struggle.ts';
import type { TalliedRun, Tally } from '../../judge/compare/tally.ts';
import type { PanelRow } from '../charts/panels.ts';
import type { Xml } from '../machines/xml.ts';

/** A value of what is varied, as written. */
export interface VariedValue {
  path: string;
  text: string;
}

/** One run of a suite; without a result where it could not take place. */
export interface SuiteRun {
  repeat: number;
  seed: string;
  exit: number;
  run?: string;
  tallied?: TalliedRun;
  /** As a test suite of junit.xml. */
  junit?: Xml;
  /** Why there is no result. */
  problem?: string;
}

/** An experiment with one combination of values: all its repeats. */
export interface SuiteCell {
  label: string;
  title: string;
  file: string;
  values: readonly VariedValue[];
  runs: readonly SuiteRun[];
  tally: Tally;
}

/** How something fares over the values of what is varied first, with everything else the same. */
export interface SuiteLine {
  title: string;
  /** The other values, where more than one thing is varied. */
  others: readonly VariedValue[];
  /** One for each value, in their order. */
  cells: readonly SuiteCell[];
  struggle: Struggle;
}

/** A suite as it came out. */
export interface SuiteReport {
  id: string;
  seed: string;
  repeat: number;
  varied: readonly { path: string; values: readonly string[] }[];
  cells: readonly SuiteCell[];
  lines: readonly SuiteLine[];
  /** Charts of the first run of each cell, side by side, where they are not too many. */
  rows: readonly PanelRow[];
  planned: number;
  /** Why not all runs took place. */
  stopped?: string;
  exit: number;
  version: string;
}

/** `signals.votes.rate=50/s, timing.watch=5s` */
export const valuesText = (values: readonly VariedValue[]): string =>
  values.map(({ path, text }) => `${path}=${text}`).join(', ');

/** What a cell is called: its experiment, and what is varied. */
export const cellName = ({ title, values }: Pick<SuiteCell, 'title' | 'values'>): string =>
  values.length === 0 ? title : `${title}, ${valuesText(values)}`;
