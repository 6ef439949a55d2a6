import { z } from 'zod';
import { type Measured, type MeasureRef, unknown, value } from '../../model/measure.ts';
import { type Samples, seriesKey } from '../../model/samples.ts';
import type { DerivedDescriptor } from '../../model/series.ts';
import type { MeasureContext } from '../measure.ts';

/** Formulas of this file's measures, for docs/measures.md. */
export const ledgerRules = {
  acked: 'operations that ended as ok in the whole run',
  lost: 'acknowledged operations whose id was not among what was stored when the load had ended and nothing was in flight; looked for twice, a second apart',
  duplicated: 'operations whose id was stored more than once, acknowledged or not',
  uncertain:
    'operations that were sent and not acknowledged: failed, or never answered; each may be stored or not',
} as const;

/** What keeps them from being known. */
export const ledgerGap =
  'unknown where what is stored could not be read back, or the run was killed before it was';

const count = z.number().int().min(0);
const ones = z.array(z.object({ id: z.string(), t: z.number(), stored: z.number() })).default([]);

const readSchema = z.object({
  acked: count,
  stored: count,
  lost: count,
  duplicated: count,
  uncertain: count,
  uncertain_stored: count,
  unsent: count,
  lost_ones: ones,
  duplicated_ones: ones,
});

/** A ledger's outcome as it was recorded: counts, and the first of what is not as it should be, with its time. */
export type LedgerRead = z.infer<typeof readSchema>;

/** How the ledger of a signal came out, or why that is not known. */
export type LedgerOutcome = { is: 'read'; read: LedgerRead } | { is: 'unread'; why: string };

/** Measures of a load with a `ledger:`, from the outcome that it recorded when what is stored had been read back. */
export function httpLedger(
  ref: MeasureRef,
  { measure }: DerivedDescriptor,
  { samples, defaultWindow }: MeasureContext,
): Measured {
  if (defaultWindow !== 'predict') return unknown('it is known only when the load has ended');
  const outcome = ledgerOutcome(samples, ref.signal ?? '');
  if (outcome.is === 'unread') return unknown(outcome.why);
  return isRule(measure) ? value(outcome.read[measure]) : unknown(`a ledger has no measure ${measure}`);
}

const isRule = (measure: string): measure is keyof typeof ledgerRules => Object.hasOwn(ledgerRules, measure);

/** Reads a ledger's outcome out of the recording. */
export function ledgerOutcome(samples: Samples, signal: string): LedgerOutcome {
  const all = { from: 0, to: Number.POSITIVE_INFINITY };
  const event = samples.events(seriesKey(signal, 'ledger'), all).at(-1);
  if (event === undefined) return { is: 'unread', why: 'the run ended before what is stored was read back' };
  const why = event.detail['why'];
  if (event.type !== 'read')
    return { is: 'unread', why: typeof why === 'string' ? why : 'what is stored was not read back' };
  const read = readSchema.safeParse(event.detail);
  return read.success
    ? { is: 'read', read: read.data }
    : { is: 'unread', why: 'the recording of what was read back is damaged' };
}
