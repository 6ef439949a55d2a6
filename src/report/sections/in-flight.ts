import { MISSED, OK, type Operation } from '../../model/series.ts';
import { NANOS_PER_SECOND, type Nanos } from '../../model/time.ts';
import { type Block, paragraph } from '../document/blocks.ts';
import { seriesOf, type View } from '../view.ts';
import { counted, listed } from '../words/figures.ts';

/** No operation is looked for that was sent longer before than this. */
const LOOK_BACK: Nanos = 120 * NANOS_PER_SECOND;

/** What became of the operations that were in flight when the first act began, one sentence a load. */
export function inFlightBlocks(view: View): Block[] {
  if (!view.injected) return [];
  return seriesOf(view, 'operations').map((series) => {
    const around = view.samples.operations(series.key, { from: view.zero - LOOK_BACK, to: view.zero });
    return paragraph(`${series.signal}: ${inFlightWords(around, view.zero)}`);
  });
}

/** `3 operations were in flight at the first injection: 1 finished, 2 failed (reset).` */
export function inFlightWords(operations: readonly Operation[], at: Nanos): string {
  const inFlight = operations.filter(
    ({ sent, done, kind }) => kind !== MISSED && sent !== null && sent < at && (done === null || done >= at),
  );
  if (inFlight.length === 0) return 'no operation was in flight at the first injection.';
  const finished = inFlight.filter(({ kind, done }) => kind === OK && done !== null).length;
  const open = inFlight.filter(({ done }) => done === null).length;
  const failed = inFlight.filter(({ kind, done }) => kind !== OK && done !== null);
  const kinds = [...new Set(failed.map(({ kind }) => kind))];
  const parts = [
    ...(finished > 0 ? [`${finished} finished`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed (${listed(kinds)})`] : []),
    ...(open > 0 ? [`${open} had not ended when the recording did`] : []),
  ];
  const were = inFlight.length === 1 ? 'was' : 'were';
  return `${counted(inFlight.length, 'operation')} ${were} in flight at the first injection: ${listed(parts)}.`;
}
