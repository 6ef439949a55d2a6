import type { Health } from '../load/messages.ts';
import type { Sink } from '../model/contracts/signal.ts';
import type { SeriesDescriptor } from '../model/series.ts';
import { NANOS_PER_MILLISECOND, NANOS_PER_SECOND, type Nanos } from '../model/time.ts';

/** From here on a bucket of 100 ms is limited by the generator, not by the target (design, section 6). */
const LIMITED: Nanos = 5 * NANOS_PER_MILLISECOND;

/** How we ourselves fared, beside the operations of a load. */
export const generatorSeries: readonly SeriesDescriptor[] = [
  {
    name: 'schedule_error_ms',
    family: 'gauge',
    unit: 'ms',
    summary: 'How late we ourselves were, worst of 100 ms: one value a second, and all over 5 ms.',
  },
  {
    name: 'generator_cpu_percent',
    family: 'gauge',
    unit: '%',
    summary: "CPU of the load's own thread, in percent of one core, once a second.",
  },
];

/**
 * Writes how a load generator fared. `schedule_error_ms`: one bucket a second, each bucket over 5 ms, and the
 * one after such a one, which ends it. `generator_cpu_percent`: once a second.
 */
export function generatorHealth(sink: Sink): (health: Health) => void {
  let errorDue = 0;
  let limited = false;
  let cpu = { since: 0, used_us: 0, over_us: 0 };
  const bucket = (t: Nanos, error: Nanos): void => {
    const over = error > LIMITED;
    if (t >= errorDue || over || limited) {
      sink.point('schedule_error_ms', { t, value: error / NANOS_PER_MILLISECOND });
    }
    if (t >= errorDue) errorDue = t + NANOS_PER_SECOND;
    limited = over;
  };
  return ({ t, buckets, cpu_us, over_us }) => {
    for (const { t: start, error } of buckets) bucket(start, error);
    cpu = { ...cpu, used_us: cpu.used_us + cpu_us, over_us: cpu.over_us + over_us };
    if (t - cpu.since < NANOS_PER_SECOND || cpu.over_us <= 0) return;
    sink.point('generator_cpu_percent', { t, value: (100 * cpu.used_us) / cpu.over_us });
    cpu = { since: t, used_us: 0, over_us: 0 };
  };
}
