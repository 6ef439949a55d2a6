import { seededRandom } from '../../reach/random.ts';
import type { LoadOptions } from '../options.ts';
import type { Destination } from './connections.ts';
import { drawPicks, fillIds, hasIdHole, hasPick } from './pick.ts';

/** What all requests of a load have in common. */
export function destinationOf(options: LoadOptions): Destination {
  const url = new URL(options.url);
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method: options.method,
    headers: options.headers.flat(),
    connect_timeout_ms: options.timeout_ms,
    ...(options.ids?.header === undefined ? {} : { idHeader: options.ids.header }),
  };
}

/** The bodies, in the order of the operations. */
export function bodiesOf(options: LoadOptions): (id: string | undefined) => string | undefined {
  const { json, body, ids } = options;
  if (json === undefined) return () => body;
  const named = ids !== undefined && hasIdHole(json);
  if (!hasPick(json) && !named) {
    const text = JSON.stringify(json);
    return () => text;
  }
  const random = seededRandom(options.seed, 'bodies');
  return (id) => {
    const drawn = drawPicks(json, random);
    return JSON.stringify(named && id !== undefined ? fillIds(drawn, id) : drawn);
  };
}
