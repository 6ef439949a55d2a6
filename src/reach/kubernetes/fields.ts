import type { Json, JsonObject } from '../../model/json.ts';

type Step = string | number;

/** What stands at a path in an object of the API, or undefined where a step is missing or of another shape. */
export function at(from: Json | undefined, ...path: Step[]): Json | undefined {
  let here = from;
  for (const step of path) {
    if (Array.isArray(here)) here = typeof step === 'number' ? here[step] : undefined;
    else if (isObject(here)) here = Object.hasOwn(here, step) ? here[step] : undefined;
    else return undefined;
  }
  return here;
}

export function textAt(from: Json | undefined, ...path: Step[]): string | undefined {
  const found = at(from, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function numberAt(from: Json | undefined, ...path: Step[]): number | undefined {
  const found = at(from, ...path);
  return typeof found === 'number' ? found : undefined;
}

export function flagAt(from: Json | undefined, ...path: Step[]): boolean | undefined {
  const found = at(from, ...path);
  return typeof found === 'boolean' ? found : undefined;
}

export function objectAt(from: Json | undefined, ...path: Step[]): JsonObject | undefined {
  const found = at(from, ...path);
  return isObject(found) ? found : undefined;
}

/** The objects of a list; what is not an object is left out. Empty where there is no list. */
export function objectsAt(from: Json | undefined, ...path: Step[]): JsonObject[] {
  const found = at(from, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** Labels or annotations: the entries of a map whose values are texts. */
export function textsAt(from: Json | undefined, ...path: Step[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(objectAt(from, ...path) ?? {})) {
    if (typeof value === 'string') texts[key] = value;
  }
  return texts;
}

/** An RFC 3339 time of the API as seconds since 1970; metav1.Time has a resolution of 1 s. */
export function timeAt(from: Json | undefined, ...path: Step[]): number | undefined {
  const parsed = Date.parse(textAt(from, ...path) ?? '');
  return Number.isNaN(parsed) ? undefined : parsed / 1_000;
}

export const nameOf = (object: Json | undefined): string => textAt(object, 'metadata', 'name') ?? '';
export const uidOf = (object: Json | undefined): string => textAt(object, 'metadata', 'uid') ?? '';
export const versionOf = (object: Json | undefined): string =>
  textAt(object, 'metadata', 'resourceVersion') ?? '';

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON text that should hold an object; undefined where it does not. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
