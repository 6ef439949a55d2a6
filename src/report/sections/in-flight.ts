import { inFlightDuring } from '../../judge/measures/in-flight.ts';
import { firstActOf } from '../../judge/windows.ts';
import { OK, type Operation } from '../../model/series.ts';
import { type Block, paragraph } from '../document/blocks.ts';
import { seriesOf, type View } from '../view.ts';
import { counted, listed } from '../words/figures.ts';

/** What became of the operations that were in flight during the first act, one sentence a load. */
export function inFlightBlocks(view: View): Block[] {
  const act = firstActOf(view.result.injections);
  if (act === undefined) return [];
  return seriesOf(view, 'operations').map(({ key, signal }) =>
    paragraph(`${signal}: ${inFlightWords(inFlightDuring(view.samples, key, act))}`),
  );
}

/** `3 operations were in flight at the first injection: 1 finished, 2 failed (reset).` */
export function inFlightWords(inFlight: readonly Operation[]): string {
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
