import type { Sink } from '../../model/contracts/signal.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import type { Nanos } from '../../model/time.ts';
import { type Entry, totalName } from './config.ts';
import { Counter } from './counter.ts';
import { readGauge } from './gauge.ts';
import { mismatch } from './kind.ts';
import type { Scrape } from './scrape.ts';

/** Writes scrapes to the recording: each value with the time since which it may have become so. */
export class Recorder {
  readonly #sink: Sink;
  readonly #entries: readonly Entry[];
  readonly #counters: ReadonlyMap<string, Counter>;
  #before: Nanos | undefined;

  constructor(sink: Sink, entries: readonly Entry[]) {
    this.#sink = sink;
    this.#entries = entries;
    const counters = entries.filter(({ kind }) => kind === 'counter');
    this.#counters = new Map(counters.map((entry) => [entry.name, new Counter(entry)]));
  }

  /** How many scrapes it takes until all is known: a rate needs two. */
  get needed(): number {
    return this.#counters.size > 0 ? 2 : 1;
  }

  /** Writes what was read; a failure where the endpoint says that a series is not what it was taken for. */
  take(scrape: Scrape): Result<void, string> {
    for (const entry of this.#entries) {
      for (const { page } of scrape.instances) {
        const why = mismatch(entry, page);
        if (why !== undefined) return fail(why);
      }
    }
    for (const entry of this.#entries) this.#write(entry, scrape);
    this.#before = scrape.t;
    return ok(undefined);
  }

  #write(entry: Entry, scrape: Scrape): void {
    const { name } = entry;
    const counter = this.#counters.get(name);
    if (counter === undefined) {
      this.#point(name, scrape.t, readGauge(entry, scrape));
      return;
    }
    const { rate, total, resets } = counter.read(scrape);
    const since = this.#since();
    for (const { subject, from, to } of resets) {
      const detail = { series: name, selector: entry.selector.text, from, to };
      this.#sink.event('resets', {
        t: scrape.t,
        ...since,
        type: 'reset',
        subject: `${entry.selector.text} of ${subject}`,
        detail,
      });
    }
    if (rate !== undefined) this.#point(name, scrape.t, rate);
    this.#point(totalName(name), scrape.t, total);
  }

  #since(): { since?: Nanos } {
    return this.#before === undefined ? {} : { since: this.#before };
  }

  #point(series: string, t: Nanos, value: number | null): void {
    this.#sink.point(series, { t, value, ...this.#since() });
  }

  /** Nothing is known from a moment on. */
  lost(since: Nanos): void {
    for (const { name, kind } of this.#entries) {
      this.#sink.point(name, { t: since, value: null });
      if (kind === 'counter') this.#sink.point(totalName(name), { t: since, value: null });
    }
  }
}
