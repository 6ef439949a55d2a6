import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname } from 'node:path';
import type { HostKind } from '../../src/faults/hosts/fault.ts';
import type { Cell, Ending, Outcome } from './cell.ts';
import { cellName } from './cells.ts';
import { rowName } from './rows.ts';

/** One line of a matrix's record. */
export interface Result extends Outcome {
  cell: string;
  fault: string;
  host: HostKind;
  step: string;
  accident: string;
  /** The load of our machine over the last minute: an emulated host that is starved of it is late. */
  load: number;
}

export const resultOf = (cell: Cell, outcome: Outcome): Result => ({
  cell: cellName(cell),
  fault: rowName(cell.row),
  host: cell.kind,
  step: cell.step,
  accident: cell.accident.name,
  load: Math.round(loadavg()[0] ?? 0),
  ...outcome,
});

const held: readonly Ending[] = ['clean', 'untouched'];

export const isHeld = ({ ending }: Pick<Outcome, 'ending'>): boolean => held.includes(ending);

/** Keeps a result in a file, a line each, so that a matrix that was ended can go on. */
export function keep(file: string, result: Result): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(result)}\n`);
}

/** The last result of each cell. */
export function keptIn(file: string): Result[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const results = lines.map((line) => JSON.parse(line) as Result);
  return [...new Map(results.map((result) => [result.cell, result])).values()];
}
