import { type ComparedMeasure, lineUp } from '../../judge/compare/line-up.ts';
import type { Truth } from '../../model/measure.ts';
import { NANOS_PER_SECOND } from '../../model/time.ts';
import { chartsOf } from '../charts/all.ts';
import { bucketSize } from '../charts/buckets.ts';
import { type PanelRow, panelRows } from '../charts/panels.ts';
import type { ReportInput } from '../input.ts';
import { type View, viewOf } from '../view.ts';

/** A run among others: `A`, and what tells it from them. */
export interface ComparedRun {
  label: string;
  name: string;
  view: View;
}

/** A gate as it came out for one run. */
export interface GateResult {
  text: string;
  /** The label of the run. */
  run: string;
  /** True is bad: that is what the gate fails on. */
  truth: Truth;
  /** What was measured, and what it was held against, in words. */
  measured: string;
  limit: string;
  why?: string;
}

/** Runs lined up: everything that a comparison shows. */
export interface Comparison {
  runs: readonly ComparedRun[];
  /** The index of the run that the others are held against. */
  base: number;
  measures: readonly ComparedMeasure[];
  rows: readonly PanelRow[];
  gates: readonly GateResult[];
  version: string;
}

export interface ToCompare {
  input: ReportInput;
  /** What tells it from the others; its title unless told. */
  name?: string;
}

/** Lines up any number of runs; all charts have the same seconds, and the same values where they show the same. */
export function compared(
  all: readonly ToCompare[],
  options: { base?: number; gates?: readonly GateResult[]; version: string },
): Comparison {
  const { base = 0, gates = [], version } = options;
  const views = all.map(({ input }) => viewOf(input));
  const longest = Math.max(...views.map(({ span }) => (span.to - span.from) / NANOS_PER_SECOND));
  const bucket_s = bucketSize(longest);
  const names = namesOf(all);
  const runs = views.map(
    (view, index): ComparedRun => ({
      label: labelOf(index),
      name: names[index] ?? view.result.title,
      view: { ...view, bucket_s },
    }),
  );
  return {
    runs,
    base,
    measures: lineUp(views, base),
    rows: panelRows(
      runs.map(({ label, name, view }) => ({ label, title: name, charts: chartsOf(view).target })),
    ),
    gates,
    version,
  };
}

/** `A`, `B`, … `Z`, `A2`, … */
export function labelOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26) + 1}`;
}

/** Titles; runs of the same title also say the last part of their name. */
function namesOf(all: readonly ToCompare[]): string[] {
  const names = all.map(({ name, input }) => name ?? input.result.title);
  return names.map((name, index) => {
    const isAlone = names.filter((other) => other === name).length === 1;
    const { run } = all[index]?.input.result ?? { run: '' };
    return isAlone ? name : `${name} (${run.split('-').at(-1) ?? run})`;
  });
}
