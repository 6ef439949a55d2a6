import type { JsonObject } from '../../model/json.ts';
import type { Nanos } from '../../model/time.ts';

/** When something was seen; with `since`, it happened at any time between the two. */
export interface Seen {
  t: Nanos;
  since?: Nanos;
}

/** What is known of each object of a collection that is watched; it writes every difference to the recording. */
export interface Book {
  /** What is there at the start: nothing has happened yet. */
  begin(objects: readonly JsonObject[], t: Nanos): void;
  /** An object as it is now. */
  set(object: JsonObject, seen: Seen): void;
  /** An object as it was when it went. */
  remove(object: JsonObject, seen: Seen): void;
  /** All objects as they are now, where what happened in between was not seen. */
  reconcile(objects: readonly JsonObject[], seen: Seen): void;
  /** The version of each object that we know, by uid. */
  versions(): ReadonlyMap<string, string>;
}
