import type { Sink } from '../../model/contracts/signal.ts';
import type { Occurrence, Operation, Point } from '../../model/series.ts';
import type { Nanos } from '../../model/time.ts';

/** A sink that keeps what it is given. */
export interface FakeSink extends Sink {
  points: (Point & { series: string })[];
  events: Occurrence[];
  rows: Operation[];
  /** `blind` and `observing` in their order. */
  said: ({ is: 'blind'; why: string; since?: Nanos } | { is: 'observing' })[];
  last(series: string): unknown;
  /** `type subject state/reason` of each event, for comparing. */
  story(): string[];
}

export function fakeSink(): FakeSink {
  const sink: FakeSink = {
    points: [],
    events: [],
    said: [],
    rows: [],
    operations: (_, rows) => void sink.rows.push(...rows),
    point: (series, point) => void sink.points.push({ ...point, series }),
    event: (_, occurrence) => void sink.events.push(occurrence),
    blind: (why, since) =>
      void sink.said.push({ is: 'blind', why, ...(since === undefined ? {} : { since }) }),
    observing: () => void sink.said.push({ is: 'observing' }),
    last: (series) => sink.points.findLast((point) => point.series === series)?.value,
    story: () =>
      sink.events.map(({ type, subject, detail }) =>
        [type, subject, detail['state'], detail['reason']].filter((word) => word !== undefined).join(' '),
      ),
  };
  return sink;
}
