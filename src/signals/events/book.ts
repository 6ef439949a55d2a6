import type { Sink } from '../../model/contracts/signal.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Nanos } from '../../model/time.ts';
import { uidOf } from '../../reach/kubernetes/fields.ts';
import type { Book, Seen } from '../watch/book.ts';
import { type EventView, viewOf } from './view.ts';

/** What is wanted of the events that are watched. */
export interface Wanted {
  /** The closed list of event types; what is not in it is told as `other`. */
  reasons: ReadonlySet<string>;
  matches(event: EventView): boolean;
}

/** Of more occurrences than this between two looks only the last so many are told; the stretch then counts as not observed. */
const MOST_AT_ONCE = 100;

interface Known {
  version: string;
  count: number;
  seen: Nanos;
}

/**
 * What we know of each event object, by uid. One object stands for many occurrences of the same thing: its count says
 * how many. Occurrences from before the start are not told; an object that is gone has only been forgotten by the API.
 */
export class EventBook implements Book {
  readonly #sink: Sink;
  readonly #wanted: Wanted;
  readonly #known = new Map<string, Known>();

  constructor(sink: Sink, wanted: Wanted) {
    this.#sink = sink;
    this.#wanted = wanted;
  }

  begin(objects: readonly JsonObject[], t: Nanos): void {
    for (const object of objects) this.#know(viewOf(object), t);
  }

  set(object: JsonObject, seen: Seen): void {
    const event = viewOf(object);
    const before = this.#known.get(event.uid);
    this.#know(event, seen.t);
    if (!this.#wanted.matches(event)) return;
    const since = seen.since ?? before?.seen;
    const happened = event.count - (before?.count ?? 0);
    const fresh = Math.min(MOST_AT_ONCE, happened);
    if (happened > fresh) {
      this.#sink.blind(`${happened} events at once; the last ${fresh} are told`, since ?? seen.t);
      this.#sink.observing();
    }
    for (let back = fresh - 1; back >= 0; back -= 1) {
      // Of several that came at once only the time of the last is known.
      const when = back === 0 ? seen : { t: seen.t, ...(since === undefined ? {} : { since }) };
      this.#sink.event('events', { ...when, ...event.occurrence(this.#wanted.reasons, event.count - back) });
    }
  }

  remove(object: JsonObject): void {
    this.#known.delete(uidOf(object));
  }

  reconcile(objects: readonly JsonObject[], seen: Seen): void {
    const there = new Set(objects.map(uidOf));
    for (const uid of this.#known.keys()) if (!there.has(uid)) this.#known.delete(uid);
    for (const object of objects) this.set(object, seen);
  }

  versions(): Map<string, string> {
    return new Map([...this.#known].map(([uid, { version }]) => [uid, version]));
  }

  #know({ uid, version, count }: EventView, seen: Nanos): void {
    this.#known.set(uid, { version, count, seen });
  }
}
