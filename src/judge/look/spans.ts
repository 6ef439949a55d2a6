import { NANOS_PER_SECOND, type Nanos, type Span } from '../../model/time.ts';

/** Seconds that a span lasts. */
export const lengthOf = (span: Span): number => Math.max(0, span.to - span.from) / NANOS_PER_SECOND;

/** The part of a span that lies in a window; empty (from = to) where they do not meet. */
export function clip(span: Span, window: Span): Span {
  const from = Math.min(Math.max(span.from, window.from), window.to);
  return { from, to: Math.max(from, Math.min(span.to, window.to)) };
}

/** Those of the spans that share a stretch of time, or a moment inside, with the window. */
export function overlapping(spans: readonly Span[], window: Span): Span[] {
  return spans.filter((span) => span.from < window.to && span.to > window.from);
}

/** Sorted, with overlapping and touching spans made one. */
export function merge(spans: readonly Span[]): Span[] {
  const sorted = spans.toSorted((a, b) => a.from - b.from);
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push({ ...span });
  }
  return merged;
}

/** Seconds of the window that the spans cover; the spans may overlap. */
export function coveredSeconds(spans: readonly Span[], window: Span): number {
  return merge(overlapping(spans, window)).reduce((sum, span) => sum + lengthOf(clip(span, window)), 0);
}

/** The first span that covers or begins after a moment and before another. */
export const firstBetween = (spans: readonly Span[], from: Nanos, to: Nanos): Span | undefined =>
  spans.find((span) => span.from < to && span.to > from);
