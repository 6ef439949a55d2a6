import { MISSED, OK } from '../../model/series.ts';
import type { Nanos } from '../../model/time.ts';
import type { Numbered } from '../batch.ts';

/** How an operation ended, as far as what it wrote is concerned. */
const codes = { untold: 0, acked: 1, uncertain: 2, unsent: 3 } as const;
type Ending = keyof typeof codes;
const endings = Object.keys(codes) as Ending[];

/** How one operation that is not as it should be ended. */
export interface Entry {
  index: number;
  /** When it ended. */
  t: Nanos;
  /** It was acknowledged. */
  acked: boolean;
  /** How often it is stored. */
  stored: number;
}

/** Acknowledged writes against stored ones. */
export interface Reckoning {
  acked: number;
  /** Different ids of this load that are stored, however their operation ended. */
  stored: number;
  /** Failed or timed out after they were sent, by whether they are stored all the same. */
  uncertain: { stored: number; absent: number };
  /** Never sent, so not stored. */
  unsent: number;
  /** Acknowledged, and not stored. */
  lost: Entry[];
  /** Stored more than once. */
  duplicated: Entry[];
  /** Operations of which it was never told how they ended: then nothing above can be trusted. */
  untold: number;
}

const FIRST_SIZE = 4_096;

/** Keeps, in 9 bytes an operation, how each one of a load ended, until what it wrote is read back. */
export class Book {
  #endings = new Uint8Array(FIRST_SIZE);
  #ended = new Float64Array(FIRST_SIZE);
  /** One more than the highest index noted. */
  #size = 0;

  note(rows: readonly Numbered[]): void {
    for (const row of rows) {
      this.#grow(row.index + 1);
      this.#endings[row.index] = codes[endingOf(row)];
      this.#ended[row.index] = row.done ?? row.intended;
    }
  }

  /** Compares with how often each operation is stored, by its index. */
  reckon(stored: ReadonlyMap<number, number>): Reckoning {
    const sum: Reckoning = {
      acked: 0,
      stored: stored.size,
      uncertain: { stored: 0, absent: 0 },
      unsent: 0,
      lost: [],
      duplicated: [],
      untold: [...stored.keys()].filter((index) => index >= this.#size).length,
    };
    for (let index = 0; index < this.#size; index += 1) this.#count(sum, index, stored.get(index) ?? 0);
    return sum;
  }

  #count(sum: Reckoning, index: number, times: number): void {
    const ending = endings[this.#endings[index] ?? 0] ?? 'untold';
    const entry = { index, t: this.#ended[index] ?? 0, acked: ending === 'acked', stored: times };
    if (times > 1) sum.duplicated.push(entry);
    if (ending === 'acked') {
      sum.acked += 1;
      if (times === 0) sum.lost.push(entry);
    } else if (ending === 'untold') sum.untold += 1;
    // What is stored was sent, whatever we believed.
    else if (times > 0) sum.uncertain.stored += 1;
    else if (ending === 'unsent') sum.unsent += 1;
    else sum.uncertain.absent += 1;
  }

  #grow(size: number): void {
    this.#size = Math.max(this.#size, size);
    if (size <= this.#endings.length) return;
    const room = Math.max(size, 2 * this.#endings.length);
    const [wereEndings, wereEnded] = [this.#endings, this.#ended];
    this.#endings = new Uint8Array(room);
    this.#ended = new Float64Array(room);
    this.#endings.set(wereEndings);
    this.#ended.set(wereEnded);
  }
}

/** An error answer does not say whether the write was made: it is as uncertain as no answer. */
function endingOf({ kind, sent }: Numbered): Ending {
  if (kind === OK) return 'acked';
  return kind === MISSED || sent === null ? 'unsent' : 'uncertain';
}
