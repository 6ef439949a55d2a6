import type { HostKind } from '../../src/faults/hosts/fault.ts';
import { type Cell, type Outcome, runCell } from './cell.ts';
import { localPlace, netnsPlace, type Place } from './place.ts';

const SHORT_S = 15;
const DEFAULT_S = 30;

/** The usual lease for what takes a boot, and for one plain case; a short one else, so that the matrix takes bearable time. */
export function leaseFor({ accident, row, step }: Cell, short_s = SHORT_S): number {
  if (accident.boots === true) return DEFAULT_S;
  return row.fault === 'exec' && accident.name === 'controller-killed' && step === 'acted'
    ? DEFAULT_S
    : short_s;
}

export interface Running {
  cells: readonly Cell[];
  /** Machines, and the namespace and the local host where they are wanted: one cell at once on each. */
  places: readonly Place[];
  lease_s?: number;
  /** No cell begins after this, by `performance.now()`. */
  until?: number;
  /** No cell begins once this is aborted. */
  halted?: AbortSignal;
  onEnd: (cell: Cell, outcome: Outcome, took_s: number) => void;
}

/** Runs cells, each on the first place of its kind that is free; gives those that were not begun. */
export async function runCells({
  cells,
  places,
  lease_s,
  until = Infinity,
  halted,
  onEnd,
}: Running): Promise<Cell[]> {
  const waiting = [...cells];
  const next = (kind: HostKind): Cell | undefined => {
    if (halted?.aborted === true || performance.now() > until) return undefined;
    const index = waiting.findIndex((cell) => cell.kind === kind);
    return index < 0 ? undefined : waiting.splice(index, 1)[0];
  };
  const work = async (place: Place): Promise<void> => {
    for (let cell = next(place.kind); cell !== undefined; cell = next(place.kind)) {
      const from = performance.now();
      const outcome = await runCell(place, cell, leaseFor(cell, lease_s));
      onEnd(cell, outcome, (performance.now() - from) / 1_000);
    }
  };
  await Promise.all(places.map(work));
  return waiting;
}

/** Hosts of this machine itself: all need root. */
export const placesHere = async (): Promise<Place[]> => [localPlace(), await netnsPlace()];
