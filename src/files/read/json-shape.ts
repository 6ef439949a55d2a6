import { z } from 'zod';

/** As much of JSON Schema as we look at. */
export interface JsonShape {
  $ref?: string;
  type?: string;
  description?: string;
  properties?: Record<string, JsonShape>;
  required?: string[];
  additionalProperties?: boolean | JsonShape;
  items?: JsonShape | JsonShape[];
  anyOf?: JsonShape[];
  oneOf?: JsonShape[];
  allOf?: JsonShape[];
}

const made = new WeakMap<z.ZodType, JsonShape>();

/** A schema's input side as JSON Schema. */
export function jsonShapeOf(schema: z.ZodType): JsonShape {
  const known = made.get(schema);
  if (known !== undefined) return known;
  const shape = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
  }) as JsonShape;
  made.set(schema, shape);
  return shape;
}

/** Every alternative that the schema has for the value at a path. */
export function shapesAt(schema: z.ZodType, path: readonly PropertyKey[]): JsonShape[] {
  let shapes = alternatives(jsonShapeOf(schema));
  for (const step of path) shapes = shapes.flatMap((shape) => below(shape, step)).flatMap(alternatives);
  return shapes;
}

/** The keys that may stand in the mapping at a path. */
export const keysAt = (schema: z.ZodType, path: readonly PropertyKey[]): string[] => [
  ...new Set(shapesAt(schema, path).flatMap((shape) => Object.keys(shape.properties ?? {}))),
];

const alternatives = (shape: JsonShape): JsonShape[] => [
  shape,
  ...[...(shape.anyOf ?? []), ...(shape.oneOf ?? []), ...(shape.allOf ?? [])].flatMap(alternatives),
];

function below(shape: JsonShape, step: PropertyKey): JsonShape[] {
  if (typeof step === 'number')
    return Array.isArray(shape.items) || shape.items === undefined ? [] : [shape.items];
  const own = Object.hasOwn(shape.properties ?? {}, step) ? shape.properties?.[String(step)] : undefined;
  if (own !== undefined) return [own];
  return typeof shape.additionalProperties === 'object' ? [shape.additionalProperties] : [];
}
