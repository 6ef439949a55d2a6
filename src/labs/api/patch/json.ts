import { isDeepStrictEqual } from 'node:util';
import { ok } from '../../../model/result.ts';
import { type Outcome, refuse } from '../status.ts';
import { copyOf, type Fields, isFields, textOf } from '../values.ts';

/** Why an operation could not be done. */
class Misfit {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

type Step = unknown | Misfit;

const MOST = 10_000;
const REJECTED = 'the server rejected our request due to an error in our request';

/** Applies a JSON patch (RFC 6902), all of it or nothing. 422 when an operation, such as a `test`, fails. */
export function jsonPatch(document: unknown, patch: unknown): Outcome<unknown> {
  if (!Array.isArray(patch))
    return refuse(400, 'error decoding patch: it must be a JSON array of operations');
  if (patch.length > MOST)
    return refuse(413, `The allowed maximum operations in a JSON patch is ${MOST}, got ${patch.length}`);
  let state: unknown = copyOf(document);
  for (const operation of patch) {
    state = applyOne(state, operation);
    if (state instanceof Misfit) return rejected();
  }
  return ok(state);
}

/** The real API does not say either which operation failed. */
const rejected = () => refuse(422, REJECTED, { details: {} });

function applyOne(state: unknown, operation: unknown): Step {
  if (!isFields(operation)) return new Misfit('an operation must be a JSON object');
  const name = textOf(operation['op']);
  if (typeof operation['path'] !== 'string') return new Misfit(`${name} operation has no path`);
  const path = pointer(operation['path']);
  if (path === undefined) return new Misfit(`"${operation['path']}" is no JSON pointer`);
  const run = OPERATIONS[name];
  return run === undefined ? new Misfit(`Unexpected kind: ${name}`) : run(state, path, operation);
}

/** The parts of a JSON pointer (RFC 6901). */
function pointer(text: string): string[] | undefined {
  if (text === '') return [];
  if (!text.startsWith('/')) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const OPERATIONS: Record<string, (state: unknown, path: string[], operation: Fields) => Step> = {
  add: (state, path, operation) =>
    'value' in operation ? add(state, path, operation['value']) : noValue('add'),
  remove: (state, path) => remove(state, path),
  replace: (state, path, operation) => {
    if (!('value' in operation)) return noValue('replace');
    if (valueAt(state, path) instanceof Misfit) return missing('replace', path);
    if (path.length === 0) return operation['value'];
    return edit(state, path, (parent, key) => {
      if (Array.isArray(parent)) parent[Number(key)] = operation['value'];
      else define(parent, key, operation['value']);
      return undefined;
    });
  },
  move: (state, path, operation) => {
    const from = pointer(textOf(operation['from']));
    if (from === undefined) return new Misfit('move operation has no valid from');
    const inside = path.length > from.length && from.every((part, index) => part === path[index]);
    if (inside) return new Misfit('a value cannot be moved into itself');
    const value = valueAt(state, from);
    if (value instanceof Misfit) return value;
    const without = remove(state, from);
    return without instanceof Misfit ? without : add(without, path, value);
  },
  copy: (state, path, operation) => {
    const from = pointer(textOf(operation['from']));
    const value = from === undefined ? new Misfit('copy operation has no valid from') : valueAt(state, from);
    return value instanceof Misfit ? value : add(state, path, copyOf(value ?? null));
  },
  test: (state, path, operation) => {
    const value = valueAt(state, path);
    const wanted = operation['value'] ?? null;
    const same = !(value instanceof Misfit) && isDeepStrictEqual(value, wanted);
    return same ? state : new Misfit(`testing value /${path.join('/')} failed: test failed`);
  },
};

const noValue = (name: string) => new Misfit(`${name} operation has no value`);
const missing = (name: string, path: string[]) =>
  new Misfit(`${name} operation does not apply: doc is missing path: /${path.join('/')}: missing value`);

function valueAt(state: unknown, path: string[]): Step {
  let here = state;
  for (const key of path) {
    const index = Array.isArray(here) ? indexIn(key, here.length - 1) : undefined;
    if (Array.isArray(here) && index !== undefined) here = here[index];
    else if (isFields(here) && Object.hasOwn(here, key)) here = here[key];
    else return missing('test', path);
  }
  return here;
}

/** An array index without sign or leading zeros, at most `last`. */
const indexIn = (key: string, last: number): number | undefined =>
  /^(0|[1-9]\d*)$/.test(key) && Number(key) <= last ? Number(key) : undefined;

type Edit = (parent: Fields | unknown[], key: string) => Misfit | undefined;

/** Changes the parent of `path` in place (the document is our own copy) and returns the document. */
function edit(state: unknown, path: string[], change: Edit): Step {
  const parent = valueAt(state, path.slice(0, -1));
  if (parent instanceof Misfit || !(Array.isArray(parent) || isFields(parent))) return missing('add', path);
  return change(parent, path.at(-1) ?? '') ?? state;
}

function add(state: unknown, path: string[], value: unknown): Step {
  if (path.length === 0) return value;
  return edit(state, path, (parent, key) => {
    if (!Array.isArray(parent)) return define(parent, key, value);
    const index = key === '-' ? parent.length : indexIn(key, parent.length);
    if (index === undefined) return missing('add', path);
    parent.splice(index, 0, value);
    return undefined;
  });
}

function remove(state: unknown, path: string[]): Step {
  if (valueAt(state, path) instanceof Misfit) return missing('remove', path);
  if (path.length === 0) return null;
  return edit(state, path, (parent, key) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
    return undefined;
  });
}

/** Sets an own property, also one with the name `__proto__`. */
function define(parent: Fields, key: string, value: unknown): undefined {
  Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}
