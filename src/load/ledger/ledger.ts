import { setTimeout as delay } from 'node:timers/promises';
import { fail, ok, type Result } from '../../model/result.ts';
import type { Numbered } from '../batch.ts';
import { headersOf, type RequestConfig } from '../request.ts';
import { Book, type Reckoning } from './book.ts';
import { type ReadBack, readBack, readFirstPage } from './read-back.ts';
import { type LedgerConfig, readWithin_ms } from './settings.ts';

/** What is missing is looked for once more after this long: a replica that is read may be behind. */
const LOOK_AGAIN_AFTER_MS = 1_000;
const CHECK_WITHIN_MS = 3_000;

/** What a load acknowledged against what is stored. */
export interface Ledger {
  note(rows: readonly Numbered[]): void;
  /** When nothing is in flight any more: reads back and compares; the failure says why it cannot. */
  settle(): Promise<Result<Reckoning, string>>;
}

interface Kept {
  url: string;
  request: RequestConfig;
  ledger: LedgerConfig;
  prefix: string;
}

export function keepLedger(kept: Kept): Ledger {
  const book = new Book();
  return {
    note: (rows) => book.note(rows),
    settle: async () => {
      const signal = AbortSignal.timeout(readWithin_ms(kept.ledger));
      const stored = await readBack(reading(kept, signal));
      if (!stored.ok) return fail(notRead(kept, stored.problem));
      const first = book.reckon(stored.value);
      const settled = first.lost.length === 0 ? first : await lookAgain(kept, { book, first, signal });
      return settled.untold > 0 ? fail(untold(settled.untold)) : ok(settled);
    },
  };
}

/** Only what is missing twice is lost; where the second look fails, the first one counts. */
async function lookAgain(
  kept: Kept,
  { book, first, signal }: { book: Book; first: Reckoning; signal: AbortSignal },
): Promise<Reckoning> {
  await delay(LOOK_AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
  const again = await readBack(reading(kept, signal));
  return again.ok ? book.reckon(again.value) : first;
}

/** Whether the settings fit what is stored now; one that cannot be reached now is no fault of the settings. */
export async function checkLedger(
  kept: Omit<Kept, 'prefix'>,
  signal: AbortSignal,
): Promise<Result<void, string>> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(CHECK_WITHIN_MS)]);
  const page = await readFirstPage(reading({ ...kept, prefix: '' }, within));
  return page.ok || !page.problem.final ? ok(undefined) : fail(page.problem.text);
}

/** The answers are read with the request's own headers: who may write may be the only one who may read. */
const reading = ({ request, ledger, prefix, url }: Kept, signal: AbortSignal): ReadBack => {
  const { headers } = request;
  const withUser = new URL(ledger.read).username === '' ? sameOrigin(url, ledger.read) : ledger.read;
  return {
    ledger,
    prefix,
    signal,
    headers: headersOf(withUser, headers === undefined ? {} : { headers }),
  };
};

/** Credentials of the load's own URL are used for the same origin only. */
const sameOrigin = (url: string, read: string): string =>
  new URL(url).origin === new URL(read).origin ? url : read;

const notRead = ({ ledger }: Kept, why: string): string =>
  `what is stored could not be read back from ${new URL(ledger.read).origin}${new URL(ledger.read).pathname}: ${why}`;

const untold = (count: number): string =>
  `the load ended without telling how ${count} ${count === 1 ? 'operation' : 'operations'} had ended`;
