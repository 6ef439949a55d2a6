import { type Nanos, type Span, seconds } from '../../model/time.ts';
import { TimeSeries } from './time-series.ts';

/** A sampled signal that was silent for more than this many of its intervals did not observe. */
const SILENT_INTERVALS = 3;

/** What is known of when a signal observed. */
export interface Watch {
  /** When it said that it did not observe; `to` is Infinity while it does not. */
  blind: Span[];
  /** Of a sampled signal: its interval, and when it said anything (a value, an event, that it observes). */
  sampled?: { interval: Nanos; said: TimeSeries<Nanos> };
}

/** What holds for all signals of a recording. */
export interface Surroundings {
  end: Nanos;
  jumps: readonly Span[];
  /** Nothing is kept from before. */
  keptFrom?: Nanos;
}

export function newWatch(interval_s: number | undefined): Watch {
  if (interval_s === undefined) return { blind: [] };
  return { blind: [], sampled: { interval: seconds(interval_s), said: new TimeSeries((t: Nanos) => t) } };
}

/**
 * The stretches of a span in which a signal did not observe, merged and in order: what it said itself, silence of a
 * sampled one, jumps of the clock, what is not kept any more, and all after the end. Without a watch: all of it.
 */
export function gapsIn(span: Span, watch: Watch | undefined, around: Surroundings): Span[] {
  if (watch === undefined) return merge(span, [span]);
  return merge(span, [
    ...watch.blind,
    ...silences(span, watch, around.end),
    ...around.jumps,
    { from: around.end, to: Number.POSITIVE_INFINITY },
    ...(around.keptFrom === undefined ? [] : [{ from: Number.NEGATIVE_INFINITY, to: around.keptFrom }]),
  ]);
}

/** From one interval after the last word (until then its value counts) to the next word or the end. */
function silences(span: Span, { sampled }: Watch, end: Nanos): Span[] {
  if (sampled === undefined) return [];
  const said = sampled.said.around(span);
  return said.flatMap((t, index) => {
    const next = said[index + 1] ?? Math.max(t, end);
    return next - t > SILENT_INTERVALS * sampled.interval ? [{ from: t + sampled.interval, to: next }] : [];
  });
}

/** What of the spans lies in the window: in order, without overlaps, none empty. */
function merge(window: Span, spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const part = { from: Math.max(from, window.from), to: Math.min(to, window.to) };
    if (part.from >= part.to) continue;
    const last = merged.at(-1);
    if (last !== undefined && part.from <= last.to) last.to = Math.max(last.to, part.to);
    else merged.push(part);
  }
  return merged;
}
