import { ok } from '../../../model/result.ts';
import { type Outcome, refuse } from '../status.ts';
import { type Fields, isFields, listOf } from '../values.ts';
import { listStrategy } from './keys.ts';

const ORDER = '$setElementOrder/';
const DELETE_VALUES = '$deleteFromPrimitiveList/';
const DIRECTIVES = ['$patch', '$retainKeys'];

/** A patch that does not fit its object; caught here, never leaves this file. */
class BadPatch extends Error {}

/**
 * Applies a strategic merge patch: as a merge patch, but lists with a merge key are merged element by element, and
 * `$patch: delete|replace|merge`, `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…` are obeyed.
 * Source: k8s.io/apimachinery/pkg/util/strategicpatch. 400 when an element lacks its key or a directive is unknown.
 */
export function strategicPatch(target: Fields, patch: Fields): Outcome<Fields> {
  try {
    return ok(mergeMap(target, patch, []));
  } catch (error) {
    if (error instanceof BadPatch) return refuse(400, error.message);
    throw error;
  }
}

function mergeMap(target: Fields, patch: Fields, path: string[]): Fields {
  const directive = patch['$patch'];
  if (directive === 'replace') return without(patch, '$patch');
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge')
    throw new BadPatch(`Unknown patch type found: ${String(directive)}`);
  const merged = new Map(Object.entries(retained(target, patch['$retainKeys'])));
  for (const [name, value] of Object.entries(patch)) {
    if (DIRECTIVES.includes(name) || name.startsWith(ORDER)) continue;
    if (name.startsWith(DELETE_VALUES)) deleteValues(merged, name.slice(DELETE_VALUES.length), value);
    else mergeField(merged, { name, value, patch }, [...path, name]);
  }
  for (const name of Object.keys(patch).filter((one) => one.startsWith(ORDER)))
    orderOnly(merged, { name: name.slice(ORDER.length), patch }, path);
  return Object.fromEntries(merged);
}

function mergeField(
  merged: Map<string, unknown>,
  { name, value, patch }: { name: string; value: unknown; patch: Fields },
  path: string[],
): void {
  const before = merged.get(name);
  if (value === null) merged.delete(name);
  else if (isFields(value) && value['$patch'] === 'delete') merged.delete(name);
  else if (isFields(value)) merged.set(name, mergeMap(isFields(before) ? before : {}, value, path));
  else if (Array.isArray(value)) {
    const order = patch[`${ORDER}${name}`];
    merged.set(name, mergeList(listOf(before), { list: value, order }, path));
  } else merged.set(name, value);
}

/** `$setElementOrder` for a list that the patch does not otherwise touch. */
function orderOnly(merged: Map<string, unknown>, of: { name: string; patch: Fields }, path: string[]): void {
  const list = merged.get(of.name);
  if (Object.hasOwn(of.patch, of.name) || !Array.isArray(list)) return;
  const order = of.patch[`${ORDER}${of.name}`];
  merged.set(of.name, mergeList(list, { list: [], order }, [...path, of.name]));
}

const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));

function retained(target: Fields, keys: unknown): Fields {
  if (!Array.isArray(keys)) return target;
  return Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key)));
}

function deleteValues(merged: Map<string, unknown>, name: string, values: unknown): void {
  const gone = listOf(values);
  const before = merged.get(name);
  if (Array.isArray(before))
    merged.set(
      name,
      before.filter((one) => !gone.includes(one)),
    );
}

interface ListPatch {
  list: unknown[];
  order: unknown;
}

function mergeList(before: unknown[], patch: ListPatch, path: string[]): unknown[] {
  const strategy = listStrategy(path);
  if (strategy === 'replace') return patch.list;
  if (strategy === 'values') {
    const merged = [...before, ...patch.list.filter((one) => !before.includes(one))];
    return ordered(merged, { before, order: patch.order }, (one) => one);
  }
  const { by } = strategy;
  if (patch.list.some((one) => isFields(one) && one['$patch'] === 'replace'))
    return patch.list.filter((one) => !(isFields(one) && '$patch' in one));
  const merged = mergeElements(before, patch.list, { by, path });
  return ordered(merged, { before, order: patch.order }, (one) => (isFields(one) ? one[by] : one));
}

function mergeElements(
  before: unknown[],
  patch: unknown[],
  { by, path }: { by: string; path: string[] },
): unknown[] {
  let merged = [...before];
  for (const element of patch) {
    const key = isFields(element) ? element[by] : undefined;
    if (!isFields(element) || key === undefined)
      throw new BadPatch(`map: ${JSON.stringify(element)} does not contain declared merge key: ${by}`);
    const at = merged.findIndex((one) => isFields(one) && one[by] === key);
    if (element['$patch'] === 'delete') merged = merged.filter((one) => !isFields(one) || one[by] !== key);
    else if (at >= 0) merged[at] = mergeMap(merged[at] as Fields, element, path);
    else merged.push(mergeMap({}, element, path));
  }
  return merged;
}

type KeyOf = (element: unknown) => unknown;

/**
 * Puts the elements that `$setElementOrder` names in its order; those that only the server has keep their place
 * among them as well as can be (mergeSortedSlice of strategicpatch).
 */
function ordered(
  merged: unknown[],
  { before, order }: { before: unknown[]; order: unknown },
  keyOf: KeyOf,
): unknown[] {
  if (!Array.isArray(order)) return merged;
  const wanted = order.map(keyOf);
  const named = merged.filter((one) => wanted.includes(keyOf(one)));
  named.sort((a, b) => wanted.indexOf(keyOf(a)) - wanted.indexOf(keyOf(b)));
  const others = merged.filter((one) => !wanted.includes(keyOf(one)));
  const places = before.map(keyOf);
  const result: unknown[] = [];
  for (const other of others) {
    while (named[0] !== undefined && isBefore(places, keyOf(named[0]), keyOf(other)))
      result.push(named.shift());
    result.push(other);
  }
  return [...result, ...named];
}

function isBefore(places: unknown[], one: unknown, other: unknown): boolean {
  const [a, b] = [places.indexOf(one), places.indexOf(other)];
  return a >= 0 && b >= 0 && a < b;
}
