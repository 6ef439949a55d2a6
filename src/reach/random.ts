import { createHash, randomBytes } from 'node:crypto';
import type { Random } from '../model/contracts/world.ts';

/** A new seed, short enough to type again. */
export const newSeed = (): string => randomBytes(4).toString('hex');

/**
 * A stream of chance fixed by the run's seed and its purpose (`pick kill`, `load votes`): splitmix64 over their
 * SHA-256, so each purpose has its own stream and a new one shifts none of the others.
 */
export function seededRandom(seed: string, purpose: string): Random {
  let state = createHash('sha256').update(`${seed}\0${purpose}`).digest().readBigUInt64LE(0);
  const next = (): number => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let mixed = state;
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
    mixed ^= mixed >> 31n;
    return Number(mixed >> 11n) / 2 ** 53;
  };
  return { next, pick: (items, count) => draw(items, count, next) };
}

/** The first `count` of a Fisher-Yates shuffle. */
function draw<T>(items: readonly T[], count: number, next: () => number): T[] {
  const rest = [...items];
  const drawn: T[] = [];
  while (drawn.length < count && rest.length > 0) {
    drawn.push(...rest.splice(Math.floor(next() * rest.length), 1));
  }
  return drawn;
}
