import type { Random } from '../../model/contracts/world.ts';
import type { Json, JsonObject } from '../../model/json.ts';

/** Where a body leaves a choice: an object whose only key is `pick`, a list of what to choose from. */
function choices(json: JsonObject): Json[] | undefined {
  const list = json['pick'];
  return Object.keys(json).length === 1 && Array.isArray(list) && list.length > 0 ? list : undefined;
}

/** Whether a body has anything to choose; if not, it is the same each time. */
export function hasPick(json: Json): boolean {
  if (json === null || typeof json !== 'object') return false;
  if (Array.isArray(json)) return json.some(hasPick);
  return choices(json) !== undefined || Object.values(json).some(hasPick);
}

/** Whether a body has a `{ pick: [] }`, which is surely a mistake. */
export function hasEmptyPick(json: Json | undefined): boolean {
  if (json === undefined || json === null || typeof json !== 'object') return false;
  const items = Object.entries(json);
  const [only] = items;
  if (items.length === 1 && only?.[0] === 'pick' && Array.isArray(only[1]) && only[1].length === 0)
    return true;
  return items.some(([, item]) => hasEmptyPick(item));
}

/** Where a body wants the operation's id: an object whose only key is `id`, and that is true. */
const isIdHole = (json: JsonObject): boolean => Object.keys(json).length === 1 && json['id'] === true;

/** Whether a body has a `{ id: true }`. */
export function hasIdHole(json: Json): boolean {
  if (json === null || typeof json !== 'object') return false;
  if (Array.isArray(json)) return json.some(hasIdHole);
  return isIdHole(json) || Object.values(json).some(hasIdHole);
}

/** The body with every `{ id: true }` replaced by the id. */
export function fillIds(json: Json, id: string): Json {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map((item) => fillIds(item, id));
  if (isIdHole(json)) return id;
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, fillIds(item, id)]));
}

/**
 * The body with every `{ pick: [...] }` replaced by one of its items, each equally likely, drawn depth first in
 * the order of writing; an item may hold choices of its own.
 */
export function drawPicks(json: Json, random: Random): Json {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map((item) => drawPicks(item, random));
  const list = choices(json);
  if (list !== undefined) return drawPicks(list[Math.floor(random.next() * list.length)] ?? null, random);
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, drawPicks(item, random)]));
}
