import { z } from 'zod';
import { type QuantityName, quantityFormats, quantityPattern } from '../../model/units.ts';

/** One field of what people write, in words. */
export interface FieldWords {
  name: string;
  /** `duration`, `whole number`, `KILL or TERM`; empty where it can be many things. */
  type: string;
  required: boolean;
  /** As it would be written. */
  byDefault?: string;
  text: string;
}

interface JsonField {
  type?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  anyOf?: JsonField[];
}

interface JsonShape {
  properties?: Record<string, JsonField>;
  required?: string[];
}

/** The fields of a zod object, from its JSON Schema; a list for each of its alternatives. */
export function fieldsOf(schema: z.ZodType): FieldWords[][] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonShape & {
    anyOf?: JsonShape[];
  };
  const shapes = objectsOf(schema);
  return (json.anyOf ?? [json]).map(({ properties = {}, required = [] }, at) =>
    Object.entries(properties).map(([name, field]) => ({
      name,
      type: typeOf(field),
      required: required.includes(name),
      ...defaultOf(field, shapes[at]?.[name]),
      text: field.description ?? '',
    })),
  );
}

/** JSON Schema's words in the words of a YAML file. */
const typeWords: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  object: 'mapping',
  array: 'list',
  boolean: 'true or false',
};

const isQuantity = (name: string): name is QuantityName => name in quantityFormats;
const quantities = Object.keys(quantityFormats).filter(isQuantity);

const quantityOf = ({ pattern }: JsonField): QuantityName | undefined =>
  quantities.find((name) => quantityPattern(name) === pattern);

/** More of them than these are told by the field's own words. */
const MOST_WORDS = 6;

function typeOf(field: JsonField): string {
  if (field.const !== undefined) return String(field.const);
  if (field.enum !== undefined && field.enum.length <= MOST_WORDS) return field.enum.join(' or ');
  if (field.anyOf !== undefined) return [...new Set(field.anyOf.map(typeOf))].filter(Boolean).join(' or ');
  return quantityOf(field) ?? typeWords[field.type ?? ''] ?? field.type ?? '';
}

/** JSON Schema leaves out a default that is not written as it is kept: 5 for `5s`. */
function defaultOf(field: JsonField, schema: z.core.$ZodType | undefined): { byDefault?: string } {
  const value = schema instanceof z.ZodDefault ? schema.def.defaultValue : field.default;
  if (value === undefined) return {};
  const quantity = [field, ...(field.anyOf ?? [])].map(quantityOf).find((name) => name !== undefined);
  if (typeof value === 'number' && quantity !== undefined)
    return { byDefault: quantityFormats[quantity](value) };
  return { byDefault: typeof value === 'string' ? value : JSON.stringify(value) };
}

type Shape = Readonly<Record<string, z.core.$ZodType>>;

function objectsOf(schema: z.core.$ZodType): Shape[] {
  if (schema instanceof z.ZodUnion) return schema.def.options.flatMap(objectsOf);
  return [schema instanceof z.ZodObject ? schema.shape : {}];
}
