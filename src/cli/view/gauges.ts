import { type Samples, seriesKey } from '../../model/samples.ts';
import { MISSED, OK, type SeriesDescriptor, type SignalDescriptor } from '../../model/series.ts';
import { NANOS_PER_MILLISECOND, type Nanos, seconds, secondsBetween } from '../../model/time.ts';
import { quantity } from '../../report/words/figures.ts';

const SPARKS = '▁▂▃▄▅▆▇█';
const SPARK_SECONDS = 30;
/** What the present rate, latency and errors are taken over, in seconds. */
const LOOK_BACK_S = 2;
/** The latest event is shown this long, in seconds. */
const EVENT_S = 10;

export interface Row {
  name: string;
  text: string;
}

/** One row a signal on how it is now, and one for its latest event: for the live view. */
export function nowRows(signals: readonly SignalDescriptor[], samples: Samples, now: Nanos): Row[] {
  return signals.flatMap((signal) => {
    const states = signal.series.filter((series) => isShown(signal, series));
    const text = states.map((series) => stateNow(samples, { signal, series }, now)).join('  ');
    const events = signal.series.filter((series) => series.family === 'events');
    const latest = events.flatMap((series) => latestEvent(samples, seriesKey(signal.name, series.name), now));
    const texts = [...(text === '' ? [] : [text]), ...latest];
    return texts.map((one, index) => ({ name: index === 0 ? signal.name : '', text: one }));
  });
}

/** Beside operations, gauges are about the load generator itself; the recording keeps them. */
function isShown(signal: SignalDescriptor, { family }: SeriesDescriptor): boolean {
  if (family === 'events') return false;
  return family === 'operations' || !signal.series.some((series) => series.family === 'operations');
}

function stateNow(
  samples: Samples,
  { signal, series }: { signal: SignalDescriptor; series: SeriesDescriptor },
  now: Nanos,
): string {
  const key = seriesKey(signal.name, series.name);
  if (series.family === 'operations') return operationsNow(samples, key, now);
  const last = samples.points(key, { from: now, to: now }).at(-1)?.value;
  return `${series.name} ${typeof last === 'number' ? quantity(last, series.unit ?? '') : (last ?? '?')}`;
}

function latestEvent(samples: Samples, key: string, now: Nanos): string[] {
  const event = samples.events(key, { from: now - seconds(EVENT_S), to: now }).at(-1);
  if (event === undefined) return [];
  const ago = Math.max(0, Math.round(secondsBetween(event.t, now)));
  const { state, reason } = event.detail;
  const words = [event.subject, event.type, state, reason].filter((word) => typeof word === 'string');
  return [`${words.join(' ')}, ${ago} s ago`];
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
