import type { HostKind } from '../../src/faults/hosts/fault.ts';
import { hostFacts } from '../../src/faults/hosts/fault.ts';
import { faults } from '../../src/faults/registry.ts';
import { seededRandom } from '../../src/reach/random.ts';
import { accidents } from './accidents.ts';
import type { Cell } from './cell.ts';
import { type Row, rowName, rows } from './rows.ts';

export interface Wanted {
  /** Names of faults and of accidents; all unless told. */
  faults?: readonly string[];
  accidents?: readonly string[];
  /** On which kinds of host. */
  kinds: readonly HostKind[];
}

/** Every fault on hosts of the catalogue, by name. */
export const hostFaults = (): string[] =>
  faults.filter((fault) => hostFacts(fault) !== undefined).map(({ name }) => name);

/** Every cell of the matrix, in the order of its tables. A fault that is not in the catalogue has none. */
export function cellsOf({ faults: names, accidents: which, kinds }: Wanted): Cell[] {
  const known = hostFaults();
  return rows
    .filter(({ fault }) => known.includes(fault) && (names === undefined || names.includes(fault)))
    .flatMap((row) => accidents.flatMap((accident) => cellsFor(row, accident, kinds)))
    .filter(({ accident }) => which === undefined || which.includes(accident.name));
}

const cellsFor = (row: Row, accident: Cell['accident'], kinds: readonly HostKind[]): Cell[] =>
  kinds
    .filter((kind) => row.on.includes(kind) && accident.on.includes(kind))
    .flatMap((kind) => accident.at.map((step) => ({ row, step, accident, kind })));

export const cellName = ({ row, step, accident, kind }: Cell): string =>
  `${rowName(row)}, ${accident.name} at ${step}, ${kind}`;

/** All of them in an order that a seed gives. */

/** Every accident once, on the user's own commands: what stands for the machinery that all faults share. */
export const theFirst = (cells: readonly Cell[], seed: string): Cell[] =>
  accidents.flatMap(({ name }) =>
    shuffled(cells, seed)
      .filter(({ row, accident, kind }) => row.fault === 'exec' && accident.name === name && kind === 'ssh')
      .slice(0, 1),
  );

/** All of them in an order that a seed gives. */
export const shuffled = (cells: readonly Cell[], seed: string): Cell[] =>
  seededRandom(seed, 'matrix').pick(cells, cells.length);
