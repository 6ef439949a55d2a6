import type { Sink } from '../../model/contracts/signal.ts';
import { NANOS_PER_SECOND, type Nanos } from '../../model/time.ts';
import type { HostClock, Placed } from './clock.ts';
import type { LogLine } from './line.ts';
import type { Pattern } from './pattern.ts';

export interface Matcher {
  name: string;
  pattern: Pattern;
}

/** An event keeps so much of its line, in characters. */
const MOST_KEPT = 500;
/** Of each matcher so many lines a second are recorded. */
export const MOST_PER_SECOND = 50;

export const DROPPED = 'dropped';

/** Writes what matched: one event a line; from a flood it keeps some, counts the rest, and says that it does not see all. */
export class LogBook {
  readonly #sink: Sink;
  readonly #matchers: readonly Matcher[];
  readonly #subject: string;
  #second = -1;
  #taken = new Map<string, number>();
  #dropped = new Map<string, number>();
  #flood = false;

  constructor(sink: Sink, { matchers, subject }: { matchers: readonly Matcher[]; subject: string }) {
    this.#sink = sink;
    this.#matchers = matchers;
    this.#subject = subject;
  }

  /** A line that came at `t`; with a time of its own it is written where `clock` places it. */
  line(line: LogLine, t: Nanos, clock?: HostClock): void {
    this.alive(t);
    for (const { name, pattern } of this.#matchers) {
      if (pattern.matches(line.text)) this.#matched(name, line, { t, ...(clock && { clock }) });
    }
  }

  /** A sign of life: with each second the count begins again, and what was left out is told. */
  alive(t: Nanos): void {
    const second = Math.floor(t / NANOS_PER_SECOND);
    if (second === this.#second) return;
    this.#second = second;
    this.#taken = new Map();
    const dropped = this.#dropped;
    this.#dropped = new Map();
    for (const [name, count] of dropped) {
      const detail = { match: name, lines: count };
      this.#sink.event('lines', { t, type: DROPPED, subject: this.#subject, detail });
    }
    if (dropped.size === 0) this.#see();
  }

  lost(why: string, since: Nanos | undefined): void {
    this.#flood = false;
    this.#second = -1;
    this.#sink.blind(why, since);
  }

  #see(): void {
    this.#flood = false;
    this.#sink.observing();
  }

  #matched(name: string, { text, at_s }: LogLine, { t, clock }: { t: Nanos; clock?: HostClock }): void {
    const taken = (this.#taken.get(name) ?? 0) + 1;
    this.#taken.set(name, taken);
    if (taken > MOST_PER_SECOND) {
      this.#drop(name, t);
      return;
    }
    const kept = text.length > MOST_KEPT ? `${text.slice(0, MOST_KEPT)}…` : text;
    const write = ({ why, ...placed }: Placed): void => {
      const detail = { text: kept, ...(why === undefined ? {} : { placed: `when it came: ${why}` }) };
      this.#sink.event('lines', { ...placed, type: name, subject: this.#subject, detail });
    };
    if (at_s === undefined || clock === undefined) write({ t });
    else clock.place(at_s, t, write);
  }

  #drop(name: string, t: Nanos): void {
    this.#dropped.set(name, (this.#dropped.get(name) ?? 0) + 1);
    if (this.#flood) return;
    this.#flood = true;
    // Counts become lower bounds: silence proves nothing while lines are left out.
    this.#sink.blind(
      `more than ${MOST_PER_SECOND} lines a second match ${name}: the rest is only counted`,
      t,
    );
  }
}
