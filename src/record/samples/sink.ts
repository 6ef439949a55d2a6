import type { Sink } from '../../model/contracts/signal.ts';
import type { Clock } from '../../model/contracts/world.ts';
import { seriesKey } from '../../model/samples.ts';
import type { Family, SignalDescriptor } from '../../model/series.ts';
import type { Nanos } from '../../model/time.ts';
import type { Pending } from '../files/pending.ts';
import type { Redactor } from '../redact.ts';
import type { LiveSamples } from './live.ts';
import { cleanOccurrence, cleanOperation, cleanPoint } from './rows.ts';

interface SinkParts {
  descriptor: SignalDescriptor;
  pending: Pending;
  live: LiveSamples;
  clock: Clock;
  redact: Redactor;
}

/** Where one signal writes: into the live samples and into what waits to be written. */
export function sinkFor({ descriptor, pending, live, clock, redact }: SinkParts): Sink {
  const signal = descriptor.name;
  const kinds = new Map(descriptor.series.map((series) => [series.name, new Set(series.kinds)]));
  const idOf = (series: string, family: Family): number => pending.seriesId(signal, series, family);
  return {
    operations: (series, rows) => {
      const key = seriesKey(signal, series);
      const id = idOf(series, 'operations');
      const known = kinds.get(series);
      for (const given of rows) {
        const row = cleanOperation(given, known, redact);
        if (row === undefined) continue;
        live.addOperation(key, row);
        pending.add('operations', id, row);
      }
    },
    point: (series, given) => {
      const row = cleanPoint(given, redact);
      if (row === undefined) return;
      live.addPoint(signal, seriesKey(signal, series), row);
      pending.add('points', idOf(series, 'gauge'), row);
    },
    event: (series, given) => {
      const row = cleanOccurrence(given, redact);
      if (row === undefined) return;
      live.addEvent(signal, seriesKey(signal, series), row);
      pending.add('events', idOf(series, 'events'), row);
    },
    blind: (why, since) => {
      const from: Nanos = Math.max(0, Math.round(since ?? clock.now()));
      live.blind(signal, from);
      pending.openGap(signal, from, redact.text(why));
    },
    observing: () => {
      const at = clock.now();
      live.observing(signal, at);
      pending.closeGaps(signal, at);
    },
  };
}
