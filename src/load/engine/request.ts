import { seededRandom } from '../../reach/random.ts';
import type { LoadOptions } from '../options.ts';
import type { Destination } from './connections.ts';
import { drawPicks, hasPick } from './pick.ts';

/** What all requests of a load have in common. */
export function destinationOf(options: LoadOptions): Destination {
  const url = new URL(options.url);
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method: options.method,
    headers: options.headers.flat(),
    connect_timeout_ms: options.timeout_ms,
  };
}

/** The bodies, in the order of the operations. */
export function bodiesOf(options: LoadOptions): () => string | undefined {
  const { json, body } = options;
  if (json === undefined) return () => body;
  if (!hasPick(json)) {
    const text = JSON.stringify(json);
    return () => text;
  }
  const random = seededRandom(options.seed, 'bodies');
  return () => JSON.stringify(drawPicks(json, random));
}
