import type { JsonObject } from '../../model/json.ts';
import type { Problem } from '../../model/result.ts';
import type { FlagKind } from './blade-command.ts';

/** One entry of `faults:` that a command becomes. */
export interface ImportedFault {
  id: string;
  fault: string;
  /** `target:` beside its host. */
  target?: JsonObject;
  with?: JsonObject;
}

/** One fault of ChaosBlade, and what it is here. */
export interface BladeAction {
  flags: Readonly<Record<string, FlagKind>>;
  /** Flags without which the fault is the same, and why. */
  without?: Readonly<Record<string, string>>;
  turn(given: Given): readonly ImportedFault[];
}

/** The flags of a command while they are carried over: what nobody takes is told in the end. */
export interface Given {
  text(flag: string): string | undefined;
  list(flag: string): string[] | undefined;
  /** A number from `min` to `max`, both included. */
  number(flag: string, range: { min: number; max: number }): number | undefined;
  is(flag: string): boolean;
  /** A line for people on what differs. */
  note(text: string): void;
  wrong(problem: Omit<Problem, 'code'>): void;
}

export interface Reading extends Given {
  notes: readonly string[];
  problems: readonly Problem[];
  left(): string[];
}

/** Reads flags of a command once each. */
export function reading(flags: ReadonlyMap<string, string>): Reading {
  const left = new Map(flags);
  const notes: string[] = [];
  const problems: Problem[] = [];
  const wrong = (problem: Omit<Problem, 'code'>): void => void problems.push({ code: 'usage', ...problem });
  const text = (flag: string): string | undefined => {
    const value = left.get(flag);
    left.delete(flag);
    return value;
  };
  return {
    notes,
    problems,
    left: () => [...left.keys()],
    text,
    list: (flag) =>
      text(flag)
        ?.split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    number: (flag, { min, max }) => {
      const written = text(flag);
      if (written === undefined) return undefined;
      const value = /^\d+(\.\d+)?$/.test(written) ? Number(written) : Number.NaN;
      if (value >= min && value <= max) return value;
      const found = written.slice(0, 60);
      wrong({
        message: `\`--${flag}\` is no number from ${min} to ${max}`,
        found,
        fix: `Write one: \`--${flag} ${min}\`.`,
      });
      return undefined;
    },
    is: (flag) => text(flag) === 'true',
    note: (line) => void notes.push(line),
    wrong,
  };
}

/** Keys with a value. */
export function given(values: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
