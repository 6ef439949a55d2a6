import { type Nanos, secondsBetween } from '../../model/time.ts';
import type { Entry } from './config.ts';
import { isThere } from './kind.ts';
import { startOf } from './page.ts';
import type { Instance, Scrape } from './scrape.ts';
import { select } from './selector.ts';

/** A counter that fell: its process began anew. */
export interface Reset {
  subject: string;
  from: number;
  to: number;
}

export interface CounterReading {
  /** Per second since the scrape before; null: not known; undefined: this was the first scrape. */
  rate: number | null | undefined;
  /** What the counters have come to, restarts not subtracted; null: not known. */
  total: number | null;
  resets: readonly Reset[];
}

/** Values by labels. */
type Values = ReadonlyMap<string, number>;

interface Last {
  t: Nanos;
  startedAt: number | undefined;
  /** Those of earlier scrapes included. */
  values: Values;
}

/** What one instance's page says of the counter. */
interface Look {
  instance: Instance;
  values: Values;
  /** One of its values is no number. */
  broken: boolean;
  /** The page does not know the metric. */
  absent: boolean;
}

/** Two starts of one process may be told a little apart, because they are computed from the wall clock. */
const SAME_START_S = 1;

/**
 * Rates of one counter over consecutive scrapes, by instance and labels, added up as PromQL's `sum(rate())` does. A
 * value below the last one is a reset: the new value counts from 0. Where we know more than PromQL, a value counts
 * from 0 too: labels that were not there in the instance's last scrape, and an instance that was born since.
 */
export class Counter {
  readonly #entry: Entry;
  readonly #last = new Map<string, Last>();
  #before: Nanos | undefined;
  #total = 0;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  read({ t, instances }: Scrape): CounterReading {
    const first = this.#before === undefined;
    const since = this.#before ?? t;
    const resets: Reset[] = [];
    const looks = instances.map((instance) => this.#look(instance));
    const rates = looks.flatMap((look) => this.#rateOf(look, since, resets));
    this.#before = t;
    const isAbsent = this.#entry.absent === null && looks.every(({ absent }) => absent);
    if (isAbsent || looks.some((look) => look.broken || this.#isLost(look))) {
      return { rate: first ? undefined : null, total: null, resets };
    }
    const rate = rates.length > 0 ? rates.reduce((sum, one) => sum + one, 0) : null;
    return { rate: first ? undefined : rate, total: this.#total, resets };
  }

  #look(instance: Instance): Look {
    const { selector } = this.#entry;
    const values = select(selector, instance.page.samples);
    return {
      instance,
      values,
      broken: [...values.values()].some((value) => !Number.isFinite(value)),
      absent: !isThere(instance.page, selector.name),
    };
  }

  /** It had the metric, has not begun anew, and has it no more: what it counts now is not known, and no 0. */
  #isLost({ instance: { id, page }, absent }: Look): boolean {
    const last = this.#last.get(id);
    if (!absent || this.#entry.absent !== null || last === undefined || last.values.size === 0) return false;
    return !hasRestarted(last.startedAt, startOf(page));
  }

  /** The rate of an instance, or nothing where this is its first scrape and it may be old. */
  #rateOf({ instance, values, broken, absent }: Look, since: Nanos, resets: Reset[]): number[] {
    const { id, t, subject, born } = instance;
    const last = this.#last.get(id);
    // What it counts meanwhile is told when it can be read again, as the mean of that time.
    if (broken || (absent && last !== undefined && this.#entry.absent === null)) return [];
    const startedAt = startOf(instance.page);
    if (last === undefined) {
      this.#last.set(id, { t, startedAt, values });
      this.#total += sumOf(values);
      return born && t > since ? [sumOf(values) / secondsBetween(since, t)] : [];
    }
    const restarted = hasRestarted(last.startedAt, startedAt);
    const old = restarted ? new Map<string, number>() : last.values;
    const fell = [...values].some(([key, value]) => value < (old.get(key) ?? 0));
    const lost = sumOf(last.values);
    if (fell || (restarted && lost > 0)) resets.push({ subject, from: lost, to: sumOf(values) });
    const increase = increaseOf(old, values);
    this.#last.set(id, { t, startedAt, values: new Map([...old, ...values]) });
    this.#total += increase;
    return t > last.t ? [increase / secondsBetween(last.t, t)] : [];
  }
}

/** What was added since, each value that fell counted from 0. */
function increaseOf(old: Values, values: Values): number {
  let increase = 0;
  for (const [key, value] of values) {
    const before = old.get(key) ?? 0;
    increase += value < before ? value : value - before;
  }
  return increase;
}

const sumOf = (values: Values): number => [...values.values()].reduce((sum, value) => sum + value, 0);

const hasRestarted = (before: number | undefined, now: number | undefined): boolean =>
  before !== undefined && now !== undefined && now - before > SAME_START_S;
