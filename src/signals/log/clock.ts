import type { Clock, Host } from '../../model/contracts/world.ts';
import type { Result } from '../../model/result.ts';
import type { Occurrence } from '../../model/series.ts';
import { NANOS_PER_SECOND, type Nanos } from '../../model/time.ts';
import { type ClockOffset, readClockOffset } from '../../reach/hosts/clock.ts';

const AGAIN_MS = 60_000;
/** However little the lines fit, the host is not asked more often than this. */
const SOONEST_MS = 5_000;
const WITHIN_MS = 3_000;
/** The most that a kernel lets its clock run fast or slow (MAXFREQ of linux/timex.h): 500 ppm. */
const DRIFT = 500e-6;

/** What a host's clock showed at a moment of ours, and how far that may be off, in seconds. */
export interface Comparison {
  t: Nanos;
  theirs_s: number;
  error_s: number;
}

/** When an event was. `why`: of one that stands where it came, what kept us from placing it. */
export interface Placed extends Pick<Occurrence, 't' | 'since' | 'foreign_t' | 'foreign_error_s'> {
  why?: string;
}

/** What is known of when a line came: after `begun`, when we began to listen, and before `arrival`. */
export interface Came {
  begun: Nanos;
  arrival: Nanos;
}

/**
 * Where a line belongs that the host wrote at `at_s` of its own clock: it was written between `since` and `t`. The
 * error grows with the time from the comparison on. Undefined: the host's clock was set meanwhile, for the line would
 * have come before it was written, or would be older than our listening.
 */
export function placeOf(at_s: number, by: Comparison, { begun, arrival }: Came): Placed | undefined {
  const apart_s = at_s - by.theirs_s;
  const error_s = by.error_s + Math.abs(apart_s) * DRIFT;
  const earliest = by.t + (apart_s - error_s) * NANOS_PER_SECOND;
  const latest = by.t + (apart_s + error_s) * NANOS_PER_SECOND;
  if (earliest > arrival || latest < begun) return undefined;
  const [since, t] = [Math.max(earliest, begun), Math.min(latest, arrival)];
  return { t, since, foreign_t: at_s, foreign_error_s: error_s };
}

/** The comparison to go on with: the newer one, unless both agree and the older one is still the more exact. */
export function betterOf(old: Comparison | undefined, newer: Comparison): Comparison {
  if (old === undefined) return newer;
  const passed_s = (newer.t - old.t) / NANOS_PER_SECOND;
  const error_s = old.error_s + passed_s * DRIFT;
  const differ_s = Math.abs(newer.theirs_s - (old.theirs_s + passed_s));
  return differ_s <= error_s + newer.error_s && error_s < newer.error_s ? old : newer;
}

/** Places lines of one host, as long as one connection to it lasts. */
export class HostClock {
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #begun: Nanos;
  readonly #asked = Promise.withResolvers<void>();
  #isAsked = false;
  #comparison: Comparison | undefined;
  #why = 'the clocks were not compared yet';
  #misfit = new AbortController();

  constructor(host: Host, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
    this.#begun = clock.now();
  }

  /** Compares the clocks until it is aborted: once a minute; soon where that failed, or where a line does not fit. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#misfit = new AbortController();
      const asked = { clock: this.#clock, deadline_ms: WITHIN_MS };
      this.#hears(await readClockOffset(this.#host, asked, signal));
      await this.#clock.sleep(SOONEST_MS, signal);
      if (this.#comparison === undefined) continue;
      const until = AbortSignal.any([signal, this.#misfit.signal]);
      await this.#clock.sleep(AGAIN_MS - SOONEST_MS, until);
    }
    this.#open();
  }

  /** Gives `write` where the line belongs: at once, or as soon as the first question was answered. In order. */
  place(at_s: number, arrival: Nanos, write: (placed: Placed) => void): void {
    const give = (): void => write(this.#placed(at_s, arrival));
    if (this.#isAsked) give();
    else void this.#asked.promise.then(give);
  }

  #placed(at_s: number, arrival: Nanos): Placed {
    const unplaced = (why: string): Placed => ({ t: arrival, foreign_t: at_s, why });
    if (this.#comparison === undefined) return unplaced(this.#why);
    const placed = placeOf(at_s, this.#comparison, { begun: this.#begun, arrival });
    if (placed === undefined) this.#misfit.abort();
    return placed ?? unplaced('its time does not fit: the clock of the host was set');
  }

  #hears(read: Result<ClockOffset, string>): void {
    const [t, wall_ms] = [this.#clock.now(), this.#clock.wall()];
    if (read.ok) {
      const { offset_ms, error_ms } = read.value;
      // Our wall clock counts whole milliseconds, and is read here once more.
      const compared = { t, theirs_s: (wall_ms + offset_ms) / 1_000, error_s: (error_ms + 0.5) / 1_000 };
      this.#comparison = betterOf(this.#comparison, compared);
    } else this.#why = `the clocks could not be compared: ${read.problem}`;
    this.#open();
  }

  #open(): void {
    this.#isAsked = true;
    this.#asked.resolve();
  }
}
