import type { Json } from '../../model/json.ts';
import { type Samples, seriesKey } from '../../model/samples.ts';
import type { Occurrence, SignalDescriptor } from '../../model/series.ts';
import { type Nanos, secondsBetween } from '../../model/time.ts';
import type { InjectionRecord, Windows } from '../../model/timeline.ts';
import type { MeasureContext } from '../measure.ts';
import type { FinishedOperation } from '../measures/ended.ts';
import { bucketsOf, type LoadSecond, loadSeconds, loadsOf, median } from './buckets.ts';

/** What the signatures of causes look at, read once. */
export interface Facts {
  origin: Nanos;
  injections: readonly InjectionRecord[];
  /** Of all loads, after the first injection. */
  failures: readonly FinishedOperation[];
  /** Shares and percentiles of all loads: before, and while the fault lasted. */
  load: { before: LoadFacts; during: LoadFacts };
  pods: readonly PodFacts[];
}

interface LoadFacts {
  operations: number;
  errorRate: number;
  p50_ms: number;
  p95_ms: number;
}

/** What a signal that counts ready pods saw. */
interface PodFacts {
  signal: string;
  readyBefore: number;
  readyLeast: number;
  /** Stretches after the injection in which fewer were ready than before. */
  short: readonly { from: Nanos; to: Nanos }[];
  events: readonly Occurrence[];
}

/** Gathers the facts; undefined where nothing was injected. */
export function factsOf(context: MeasureContext): Facts | undefined {
  const { windows, signals, samples, timeline } = context;
  const { origin } = windows;
  if (origin === undefined) return undefined;
  const buckets = bucketsOf(windows);
  const seconds = loadsOf(signals).flatMap((load) =>
    loadSeconds({ ...load, samples, jumps: timeline.jumps }, buckets),
  );
  const over = windows.fault?.to ?? windows.run.to;
  const before = seconds.filter(({ second }) => second < 0);
  const after = seconds.filter(({ second }) => second >= 0);
  return {
    origin,
    injections: timeline.injections.filter(({ acting }) => acting !== undefined),
    failures: after.flatMap(({ ended }) => ended.failed).toSorted((a, b) => a.done - b.done),
    load: { before: loadFacts(before), during: loadFacts(settled(after, { from: origin, to: over })) },
    pods: signals.flatMap((signal) => podFacts(samples, signal, windows)),
  };
}

/** The second half of the fault: once what a rollout or an election takes is over. */
function settled(seconds: readonly LoadSecond[], fault: { from: Nanos; to: Nanos }): LoadSecond[] {
  const half = (fault.from + fault.to) / 2;
  return seconds.filter(({ span }) => span.from >= half && span.to <= fault.to);
}

function loadFacts(seconds: readonly LoadSecond[]): LoadFacts {
  const operations = seconds.flatMap((second) => second.operations);
  const failed = seconds.reduce((sum, { ended }) => sum + ended.failed.length, 0);
  const took = operations.map(({ intended, done }) => (done - intended) / 1e6).toSorted((a, b) => a - b);
  return {
    operations: operations.length,
    errorRate: operations.length === 0 ? 0 : failed / operations.length,
    p50_ms: operations.length === 0 ? 0 : median(took),
    p95_ms: took[Math.max(0, Math.ceil(took.length * 0.95) - 1)] ?? 0,
  };
}

function podFacts(samples: Samples, signal: SignalDescriptor, windows: Windows): PodFacts[] {
  if (signal.kind !== 'kubernetes.pods' || windows.origin === undefined) return [];
  const span = { from: windows.origin, to: windows.run.to };
  const points = samples.points(seriesKey(signal.name, 'ready'), span);
  const first = points[0];
  if (first === undefined || typeof first.value !== 'number') return [];
  const readyBefore = first.value;
  const values = points.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  const short = points.flatMap((point, index) =>
    typeof point.value === 'number' && point.value < readyBefore
      ? [{ from: Math.max(point.t, span.from), to: points[index + 1]?.t ?? span.to }]
      : [],
  );
  const events = samples.events(seriesKey(signal.name, 'transitions'), span);
  return [{ signal: signal.name, readyBefore, readyLeast: Math.min(...values), short, events }];
}

/** `3.2 s`, from the first injection. */
export const at = (facts: Facts, t: Nanos): string =>
  `${Math.max(0, secondsBetween(facts.origin, t)).toFixed(1)} s`;

/** How many of the failures are of these kinds. */
export const ofKinds = (
  failures: readonly FinishedOperation[],
  kinds: readonly string[],
): FinishedOperation[] => failures.filter(({ kind }) => kinds.includes(kind));

/** Numbers in a fault's parameters, with their keys: `ARTIFICIAL_DELAY_MS: '500'`. */
export function numbersIn(json: Json, key = ''): { key: string; value: number }[] {
  if (typeof json === 'number') return [{ key, value: json }];
  if (typeof json === 'string') {
    const match = /^(\d+(?:\.\d+)?)(ms|s|%)?$/.exec(json.trim());
    if (match === null) return [];
    const factor = match[2] === 's' ? 1_000 : match[2] === '%' ? 0.01 : 1;
    return [{ key, value: Number(match[1]) * factor }];
  }
  if (json === null || typeof json !== 'object') return [];
  return Object.entries(json).flatMap(([name, value]) => numbersIn(value, Array.isArray(json) ? key : name));
}
