import { z } from 'zod';
import { defineSignal, type SignalContext, type Sink } from '../model/contracts/signal.ts';
import { ok } from '../model/result.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { NANOS_PER_MILLISECOND, type Nanos } from '../model/time.ts';

const EVERY_MS = 500;
/**
 * How often the loop is asked to run; what it is late by is its lag. `monitorEventLoopDelay` would lose the
 * stall that follows each reset.
 */
const BEAT_MS = 20;

/** What aftershock costs and suffers itself; every run starts it under the name `observer`. */
export const observer = defineSignal<Record<string, never>>({
  kind: 'observer',
  summary: "Watches aftershock's own process, so that its trouble is not taken for the target's.",
  config: z.strictObject({}),
  needs: [],
  example: '# started by every run, under the name observer',
  describe,
  start: (context) => {
    const sampler = new Sampler(context);
    context.sink.observing();
    return Promise.resolve(ok({ stop: () => Promise.resolve(sampler.stop()) }));
  },
});

function describe(name: string): SignalDescriptor {
  const gauge = (series: string, unit: string, summary: string) =>
    ({ name: series, family: 'gauge', unit, summary }) as const;
  return {
    name,
    kind: 'observer',
    version: 1,
    series: [
      gauge('lag_ms', 'ms', 'Longest delay of the main event loop in half a second.'),
      gauge(
        'cpu_percent',
        '%',
        'CPU of the whole process, its load threads included, in percent of one core.',
      ),
      gauge('memory_mb', 'MBy', 'Resident memory of the process.'),
    ],
    derived: [],
    interval_s: (2 * EVERY_MS) / 1_000,
  };
}

/** Samples the process until stopped. A point holds for the half second that begins at its time. */
class Sampler {
  readonly #sink: Sink;
  readonly #now: () => Nanos;
  readonly #timer: NodeJS.Timeout;
  #since: Nanos;
  #beat: Nanos;
  #lag: Nanos = 0;
  #cpu = process.cpuUsage();

  constructor({ sink, clock, signal }: SignalContext) {
    this.#sink = sink;
    this.#now = () => clock.now();
    this.#since = this.#now();
    this.#beat = this.#since;
    this.#timer = setInterval(() => this.#onBeat(), BEAT_MS);
    signal.addEventListener('abort', () => clearInterval(this.#timer), { once: true });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#sample(this.#now());
  }

  #onBeat(): void {
    const now = this.#now();
    this.#lag = Math.max(this.#lag, now - this.#beat - BEAT_MS * NANOS_PER_MILLISECOND);
    this.#beat = now;
    if (now - this.#since >= EVERY_MS * NANOS_PER_MILLISECOND) this.#sample(now);
  }

  #sample(now: Nanos): void {
    const t = this.#since;
    const used = process.cpuUsage(this.#cpu);
    const cpu_percent = (100_000 * (used.user + used.system)) / Math.max(1, now - t);
    this.#sink.point('lag_ms', { t, value: this.#lag / NANOS_PER_MILLISECOND });
    this.#sink.point('cpu_percent', { t, value: cpu_percent });
    this.#sink.point('memory_mb', { t, value: process.memoryUsage.rss() / 1e6 });
    this.#since = now;
    this.#lag = 0;
    this.#cpu = process.cpuUsage();
  }
}
