/** `same`: what we know is the truth. `unsure`: look again. `stuck`: the watch does not bring us the truth. */
export type Judgement = 'same' | 'unsure' | 'stuck';

/** So many looks in a row at the same difference, while the watch brings nothing of it, prove the watch stuck. */
const PATIENCE = 5;

/**
 * Compares what a watch told us with a quorum read. A difference proves nothing by itself, for either may be ahead
 * of the other; one that stays over several looks does. In a cluster that never rests, differences come and go: what
 * we know is taken as true when every difference of the last look is resolved.
 */
export class Doubts {
  /** The differences of the last look: uid, what we knew, and for how many looks. */
  #open = new Map<string, { known: string | undefined; looks: number }>();

  /** Whether there is something to look at again soon. */
  get any(): boolean {
    return this.#open.size > 0;
  }

  /** Versions by uid: those that the watch brought us, and those of the quorum read. */
  compare(known: ReadonlyMap<string, string>, truth: ReadonlyMap<string, string>): Judgement {
    const before = this.#open;
    this.#open = new Map();
    let longest = 0;
    for (const uid of new Set([...known.keys(), ...truth.keys()])) {
      const ours = known.get(uid);
      if (ours === truth.get(uid)) continue;
      const old = before.get(uid);
      const looks = old !== undefined && old.known === ours ? old.looks + 1 : 1;
      longest = Math.max(longest, looks);
      this.#open.set(uid, { known: ours, looks });
    }
    if (longest >= PATIENCE) {
      this.#open = new Map();
      return 'stuck';
    }
    if (this.#open.size === 0) return 'same';
    return longest === 1 && before.size > 0 ? 'same' : 'unsure';
  }
}
