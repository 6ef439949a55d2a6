/** Reading JSON of unknown shape without believing it. */
export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const numberOf = (value: unknown, otherwise = 0): number =>
  typeof value === 'number' ? value : otherwise;

/** The value at a path of field names, or undefined. */
export function dig(value: unknown, ...path: string[]): unknown {
  let here = value;
  for (const field of path) here = Object.hasOwn(fieldsOf(here), field) ? fieldsOf(here)[field] : undefined;
  return here;
}

/** A deep copy as JSON carries it. */
export const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The API's time: RFC 3339 with whole seconds. */
export const timestamp = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;
