import type { Sink } from '../../model/contracts/signal.ts';
import type { Nanos } from '../../model/time.ts';
import type { ClockOffset } from '../../reach/hosts/clock.ts';
import { levels, rates } from './figures.ts';
import type { HostLook } from './look.ts';

/** Writes a host, look by look. */
export class HostBook {
  readonly #sink: Sink;
  readonly #interface: string | undefined;
  #last: { t: Nanos; look: HostLook } | undefined;
  /** Of the last look of all, also from before we were blind. */
  #boot: { id: string; t: Nanos } | undefined;

  constructor(sink: Sink, only: string | undefined) {
    this.#sink = sink;
    this.#interface = only;
  }

  /** We cannot look any more: what comes next is compared with nothing. */
  lost(why: string): void {
    this.#sink.blind(why, this.#last?.t);
    this.#last = undefined;
  }

  look(look: HostLook, t: Nanos): void {
    this.#sink.observing();
    this.#rebooted(look, t);
    const last = this.#last;
    this.#last = { t, look };
    // Every look writes all of them: of what is sampled, silence would be a gap.
    for (const [series, { of }] of Object.entries(levels)) this.#write(series, t, of(look));
    this.#write('uptime_s', t, look.uptime_s);
    if (last === undefined) return;
    const elapsed_s = look.uptime_s - last.look.uptime_s;
    const isStep = elapsed_s > 0 && look.boot === last.look.boot;
    const step = { before: last.look, after: look, elapsed_s, only: this.#interface };
    for (const [series, { over }] of Object.entries(rates))
      this.#write(series, last.t, isStep ? over(step) : undefined);
  }

  clock({ offset_ms, error_ms }: ClockOffset, t: Nanos): void {
    this.#sink.point('clock_offset_ms', { t, value: offset_ms });
    this.#sink.point('clock_error_ms', { t, value: error_ms });
  }

  #write(series: string, t: Nanos, value: number | undefined): void {
    this.#sink.point(series, { t, value: value ?? null });
  }

  #rebooted({ boot, uptime_s }: HostLook, t: Nanos): void {
    if (boot === '') return;
    const before = this.#boot;
    this.#boot = { id: boot, t };
    const isNew = before !== undefined && before.id !== boot;
    this.#sink.point('boot', { t, value: boot, ...(isNew ? { since: before.t } : {}) });
    if (!isNew) return;
    this.#sink.event('events', {
      t,
      since: before.t,
      type: 'rebooted',
      subject: 'host',
      detail: { boot, before: before.id, uptime_s },
    });
  }
}
