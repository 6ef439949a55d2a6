import { type Samples, seriesKey } from '../model/samples.ts';
import { MISSED, OK, type SignalDescriptor } from '../model/series.ts';
import { NANOS_PER_MILLISECOND, type Nanos, seconds } from '../model/time.ts';

const SPARKS = '▁▂▃▄▅▆▇█';
const SPARK_SECONDS = 30;
/** What the present rate, latency and errors are taken over, in seconds. */
const LOOK_BACK_S = 2;

/** One line a signal on how it is now: for the live view. */
export function nowLines(signals: readonly SignalDescriptor[], samples: Samples, now: Nanos): string[] {
  const width = Math.max(...signals.map((signal) => signal.name.length), 6);
  return signals.flatMap((signal) => {
    const text = signal.series.flatMap((series) => {
      const key = seriesKey(signal.name, series.name);
      if (series.family === 'operations') return [operationsNow(samples, key, now)];
      if (series.family === 'events' || series.name === 'schedule_error_ms') return [];
      const last = samples.points(key, { from: now, to: now }).at(-1)?.value;
      return [`${series.name} ${last ?? '?'}`];
    });
    return text.length === 0 ? [] : [`${signal.name.padEnd(width)}  ${text.join('  ')}`];
  });
}

function operationsNow(samples: Samples, key: string, now: Nanos): string {
  const recent = samples
    .operations(key, { from: now - seconds(LOOK_BACK_S + 1), to: now - seconds(1) })
    .filter((operation) => operation.done !== null && operation.kind !== MISSED);
  if (recent.length === 0) return 'no answers yet';
  const latencies = recent.map(
    (operation) => ((operation.done ?? 0) - operation.intended) / NANOS_PER_MILLISECOND,
  );
  latencies.sort((a, b) => a - b);
  const p95 = latencies[Math.min(latencies.length - 1, Math.ceil(latencies.length * 0.95) - 1)] ?? 0;
  const failed = recent.filter((operation) => operation.kind !== OK).length;
  const rate = (recent.length / LOOK_BACK_S).toFixed(1);
  const errors = ((failed / recent.length) * 100).toFixed(1);
  return `${rate}/s  p95 ${p95.toFixed(0)} ms  errors ${errors} %  ${spark(samples, key, now)}`;
}

/** Worst latency of each of the last 30 s, against the worst of them. */
function spark(samples: Samples, key: string, now: Nanos): string {
  const worst = new Array<number>(SPARK_SECONDS).fill(0);
  const from = now - seconds(SPARK_SECONDS);
  for (const operation of samples.operations(key, { from, to: now })) {
    const index = Math.floor((operation.intended - from) / seconds(1));
    if (operation.done === null || operation.kind === MISSED) continue;
    worst[index] = Math.max(worst[index] ?? 0, operation.done - operation.intended);
  }
  const top = Math.max(...worst, 1);
  return worst
    .map((one) => (one === 0 ? ' ' : (SPARKS[Math.min(7, Math.floor((one / top) * 7.99))] ?? ' ')))
    .join('');
}
