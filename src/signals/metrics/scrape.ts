import type { Nanos } from '../../model/time.ts';
import type { Exposition } from './exposition.ts';

/** What one process said of itself. */
export interface Instance {
  /** The same process, or its successor, has the same id. */
  id: string;
  /** For people: `pod/poll-backend-7c…`, `127.0.0.1:9090`. */
  subject: string;
  /** When it had answered. */
  t: Nanos;
  /** It came up after the first scrape: its counters began at 0 while we watched. */
  born: boolean;
  page: Exposition;
}

/** One look at all instances. */
export interface Scrape {
  t: Nanos;
  instances: readonly Instance[];
}
