import type { RunResult } from '../../model/verdict.ts';

/** All runs with one value of what is varied. */
export interface Step {
  value: string;
  runs: readonly RunResult[];
}

/** How one expression fared at one value, over its repeats. */
interface Fared {
  value: string;
  runs: number;
  broken: number;
  unknown: number;
}

/** A `steady` expression or a prediction, over the values in their order. */
export interface Bend {
  is: 'steady' | 'prediction';
  text: string;
  each: readonly Fared[];
  /** The first value at which it did not hold in every run; absent where it never was seen not to. */
  first?: Fared;
}

/** Where something gives way as a value rises. */
export interface Struggle {
  /** What held at the first value and broke at a later one, the earliest first. */
  bends: readonly Bend[];
  /** What was broken from the first value on: the value does not explain it. */
  always: readonly Bend[];
  /** What could not be judged at some value before anything broke; `each` ends there. */
  doubtful: readonly Bend[];
  /** Values at which a run's observer was not fit to judge: what gave way there may be ours. */
  unfit: readonly string[];
  /** The first value at which something gives way. */
  at?: string;
  /** Up to which value everything was seen to hold. */
  upTo?: string;
}

/** Looks for the first value at which a `steady` expression or a prediction does not hold any more. */
export function struggleOf(steps: readonly Step[]): Struggle {
  const bends = names(steps).map((name) => bendOf(steps, name));
  const [start] = steps;
  const always = bends.filter(({ first }) => first !== undefined && first.value === start?.value);
  const later = bends.filter(({ first }) => first !== undefined && first.value !== start?.value);
  const order = (bend: Bend): number => steps.findIndex(({ value }) => value === bend.first?.value);
  const sorted = later.toSorted((a, b) => order(a) - order(b));
  const at = sorted[0]?.first?.value;
  const doubtful = bends
    .map((bend) => ({ ...bend, each: beforeBreak(bend, at) }))
    .filter(({ each }) => each.some(({ unknown }) => unknown > 0));
  const fails = steps.findIndex((_, index) => !holdsAll(bends, always, index));
  const upTo = steps[(fails < 0 ? steps.length : fails) - 1];
  return {
    bends: sorted,
    always,
    doubtful,
    unfit: steps.flatMap(({ value, runs }) => (runs.some(({ observer }) => !observer.ok) ? [value] : [])),
    ...(at === undefined ? {} : { at }),
    ...(upTo === undefined ? {} : { upTo: upTo.value }),
  };
}

/** Everything that the value can explain was seen to hold, in every run with it; without anything to judge, nothing was. */
function holdsAll(bends: readonly Bend[], always: readonly Bend[], index: number): boolean {
  const judged = bends.filter((bend) => !always.includes(bend));
  const held = judged.every(({ each }) => {
    const fared = each[index];
    return fared !== undefined && fared.runs > 0 && fared.broken === 0 && fared.unknown === 0;
  });
  return held && judged.length > 0;
}

/** How it fared before it broke, and before anything gave way, which is at `at`. */
function beforeBreak({ each, first }: Bend, at: string | undefined): readonly Fared[] {
  const end = each.findIndex((fared) => fared === first || fared.value === at);
  return end < 0 ? each : each.slice(0, end);
}

type Name = Pick<Bend, 'is' | 'text'>;

function names(steps: readonly Step[]): Name[] {
  const all = steps.flatMap(({ runs }) =>
    runs.flatMap((run) => [
      ...run.steady.map(({ text }): Name => ({ is: 'steady', text })),
      ...run.predictions.map(({ expect }): Name => ({ is: 'prediction', text: expect })),
    ]),
  );
  return [...new Map(all.map((name) => [`${name.is} ${name.text}`, name])).values()];
}

function bendOf(steps: readonly Step[], name: Name): Bend {
  const each = steps.map(({ value, runs }): Fared => {
    const truths = runs.map((run) => fared(run, name));
    const count = (wanted: string): number => truths.filter((one) => one === wanted).length;
    return { value, runs: runs.length, broken: count('broken'), unknown: count('unknown') };
  });
  const first = each.find(({ broken }) => broken > 0);
  return { ...name, each, ...(first === undefined ? {} : { first }) };
}

/** `steady` is broken where it did not hold before the fault, in some stretch after it, or at the end. */
function fared(run: RunResult, { is, text }: Name): 'held' | 'broken' | 'unknown' {
  if (is === 'prediction') {
    const verdict = run.predictions.find(({ expect }) => expect === text)?.verdict ?? 'unknown';
    return verdict === 'failed' ? 'broken' : verdict;
  }
  const steady = run.steady.find((one) => one.text === text);
  if (steady === undefined) return 'unknown';
  if (steady.broken.length > 0 || steady.baseline === 'false' || steady.end === 'false') return 'broken';
  return steady.baseline === 'unknown' || steady.end === 'unknown' ? 'unknown' : 'held';
}
