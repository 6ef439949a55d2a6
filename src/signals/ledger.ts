import type { Entry, Reckoning } from '../load/ledger/book.ts';
import { idOf } from '../load/options.ts';
import type { Sink } from '../model/contracts/signal.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { DerivedDescriptor, SeriesDescriptor } from '../model/series.ts';
import type { Nanos } from '../model/time.ts';

/** So many lost and so many duplicated operations are recorded one by one; the counts are whole. */
const MOST_EACH = 300;

/** Where a ledger's outcome is recorded: one event when the load has ended. */
export const ledgerSeries: SeriesDescriptor = {
  name: 'ledger',
  family: 'events',
  summary: `What became of the writes: their counts once they were read back, with up to ${MOST_EACH} lost and duplicated ones by name and time, or why they were not.`,
  types: ['read', 'unread'],
};

const measures: readonly (readonly [string, string])[] = [
  ['acked', 'Writes that were acknowledged.'],
  ['lost', 'Acknowledged writes that were not stored when the load had ended.'],
  ['duplicated', 'Writes that were stored more than once.'],
  ['uncertain', 'Writes that were sent and not acknowledged: stored or not.'],
];

export const ledgerMeasures: readonly DerivedDescriptor[] = measures.map(([measure, summary]) => ({
  by: 'http-ledger',
  measure,
  type: 'number',
  unit: '1',
  summary,
}));

/** Records what was reckoned: the counts, and each write that is not as it should be. */
export function tellReckoning(
  sink: Sink,
  { t, prefix, reckoning }: { t: Nanos; prefix: string; reckoning: Reckoning },
): void {
  const { acked, stored, uncertain, unsent, lost, duplicated } = reckoning;
  const counts: JsonObject = {
    acked,
    stored,
    lost: lost.length,
    duplicated: duplicated.length,
    uncertain: uncertain.stored + uncertain.absent,
    uncertain_stored: uncertain.stored,
    unsent,
  };
  const each = (entries: readonly Entry[]): Json[] =>
    entries
      .slice(0, MOST_EACH)
      .map((entry) => ({ id: idOf(prefix, entry.index), t: entry.t, stored: entry.stored }));
  sink.event('ledger', {
    t,
    type: 'read',
    subject: `${prefix}-*`,
    detail: {
      ...counts,
      ...(lost.length === 0 ? {} : { lost_ones: each(lost) }),
      ...(duplicated.length === 0 ? {} : { duplicated_ones: each(duplicated) }),
    },
  });
}

/** Records that nothing is known, and why. */
export function tellUnread(sink: Sink, t: Nanos, why: string): void {
  sink.event('ledger', { t, type: 'unread', subject: 'stored writes', detail: { why } });
}
