import { z } from 'zod';
import { durationField } from '../../model/fields.ts';
import { hasIdHole } from '../engine/pick.ts';
import type { OperationIds } from '../options.ts';
import { headerName, httpUrl, type RequestConfig } from '../request.ts';

/** How long the stored ones may take to be read, retries included, in seconds. */
const READ_WITHIN_S = 15;
const DEFAULT_HEADER = 'Idempotency-Key';

const path = z
  .string()
  .regex(/^[^.\s]+(\.[^.\s]+)*$/, 'write a key, or keys with dots between: votes, data.items');

/** `ledger:` of a load: what it wrote is read back when it has ended, and compared with what was acknowledged. */
export const ledgerConfig = z.strictObject({
  read: httpUrl.describe('Where what is stored is read, page by page, once nothing is in flight any more.'),
  list: path
    .describe(
      'Where in the answer the list stands: votes, or data.items; unless told the answer is the list.',
    )
    .exactOptional(),
  id: path
    .describe('Where in an item of the list the id stands; unless told the item is the id.')
    .exactOptional(),
  next: path
    .describe('Where in the answer it stands what the next page begins after; without it there is one page.')
    .exactOptional(),
  after: z
    .string()
    .min(1)
    .describe('The parameter of `read` that takes it; after unless told.')
    .exactOptional(),
  header: headerName
    .describe(
      `The header in which each request carries its id: ${DEFAULT_HEADER} unless told, or none where the JSON body holds { id: true }.`,
    )
    .exactOptional(),
  within: durationField({ min: 1, max: 60 })
    .describe(`How long reading may take, with all retries; ${READ_WITHIN_S}s unless told.`)
    .exactOptional(),
});

export type LedgerConfig = z.infer<typeof ledgerConfig>;

/** Milliseconds that reading may take. */
export const readWithin_ms = ({ within }: LedgerConfig): number => (within ?? READ_WITHIN_S) * 1_000;

/** How the operations of a load with a ledger are called; `prefix` is the run's own. */
export function idsOf(ledger: LedgerConfig, request: RequestConfig, prefix: string): OperationIds {
  const inBody = request.json !== undefined && hasIdHole(request.json);
  const header = ledger.header ?? (inBody ? undefined : DEFAULT_HEADER);
  return { prefix, ...(header === undefined ? {} : { header }) };
}
