import { seriesKey } from '../../model/samples.ts';
import type { Point } from '../../model/series.ts';
import type { Nanos, Span } from '../../model/time.ts';
import type { Observed } from '../look/observed.ts';

/** A value and how long it was valid: a point holds until the next. */
export interface Segment {
  from: Nanos;
  to: Nanos;
  /** null: it had no value, or none was known. */
  value: Point['value'];
  /** When the value came; before `from` for the one that was valid at the window's start. */
  point: Point | undefined;
}

/** The window cut where the value changes; gaps are not taken out. Begins without a value where none was known yet. */
export function segmentsOf(seen: Observed): Segment[] {
  const { samples, signal, series, span } = seen;
  const points = samples.points(seriesKey(signal.name, series.name), span);
  const segments: Segment[] = [];
  const first = points[0];
  if (first === undefined || first.t > span.from) {
    segments.push({ from: span.from, to: first?.t ?? span.to, value: null, point: undefined });
  }
  for (const [index, point] of points.entries()) {
    const from = Math.max(point.t, span.from);
    const to = Math.min(points[index + 1]?.t ?? span.to, span.to);
    // A point that another at the window's very start replaces holds for no time in it.
    if (to > from || (index === points.length - 1 && point.t <= span.to)) {
      segments.push({ from, to: Math.max(from, to), value: point.value, point });
    }
  }
  return segments;
}

/** The parts of a window that lie outside all of the spans, which are sorted and apart. */
export function without(window: Span, spans: readonly Span[]): Span[] {
  const parts: Span[] = [];
  let from = window.from;
  for (const span of spans) {
    if (span.to <= from || span.from >= window.to) continue;
    if (span.from > from) parts.push({ from, to: span.from });
    from = Math.max(from, span.to);
  }
  if (from < window.to) parts.push({ from, to: window.to });
  return parts;
}

/** Whether a gap reaches up to the end of the window: then nobody knows what is there. */
export const endsBlind = (gaps: readonly Span[], window: Span): boolean =>
  gaps.some((gap) => gap.from < window.to && gap.to >= window.to);
