import { canonicalQuantity } from '../../../reach/kubernetes/quantity.ts';
import { type Fields, isFields } from '../values.ts';

/** What the official client knows about one type: its fields and their types. */
interface Model {
  getAttributeTypeMap(): { baseName: string; type: string; format: string }[];
}

/** The API's types by the name that the official client gives them. */
export type Models = Map<string, Model>;

/** An object with only the fields that its kind has, the fields that were left out, and the first wrong type. */
export interface Decoded {
  object: Fields;
  unknown: string[];
  wrong: string | undefined;
}

let loading: Promise<Models> | undefined;

/** Reads the types of the official client, once; it takes about half a second, so start it early. */
export function loadModels(): Promise<Models> {
  loading ??= import('@kubernetes/client-node').then((client) => {
    const models = Object.entries(client).filter(([, value]) => isModel(value));
    return new Map(models as unknown as [string, Model][]);
  });
  return loading;
}

const isModel = (value: unknown): boolean =>
  typeof value === 'function' && Object.hasOwn(value, 'getAttributeTypeMap');

const NO_QUANTITY =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** The maps whose values are quantities: a bare number is as good as its text. */
const QUANTITIES = new Set(['limits', 'requests', 'capacity', 'allocatable']);

/**
 * Reads an object as its kind does: unknown fields and nulls are left out and told, and the first value of a wrong
 * type is told in the words of the API (which are those of Go's JSON decoder).
 */
export function decode(models: Models, kind: string, given: Fields): Decoded {
  const decoder = new Decoder(models);
  const object = decoder.struct(kind === 'Event' ? 'CoreV1Event' : `V1${kind}`, given, '');
  return { object, unknown: decoder.unknown, wrong: decoder.wrong };
}

class Decoder {
  readonly unknown: string[] = [];
  wrong: string | undefined;
  readonly #models: Models;

  constructor(models: Models) {
    this.#models = models;
  }

  struct(type: string, given: Fields, path: string): Fields {
    const model = this.#models.get(type);
    if (model === undefined) return given;
    const known = new Map(model.getAttributeTypeMap().map((one) => [one.baseName, one]));
    const decoded: Fields = {};
    for (const [name, value] of Object.entries(given)) {
      const at = path === '' ? name : `${path}.${name}`;
      const attribute = known.get(name);
      if (attribute === undefined) this.unknown.push(at);
      else if (value !== null && value !== undefined) {
        const owner = { struct: type.replace(/^(Core)?V\d+/, ''), format: attribute.format, name };
        decoded[name] = this.#value(attribute.type, value, { ...owner, at });
      }
    }
    return decoded;
  }

  #value(type: string, value: unknown, where: Where): unknown {
    const list = /^Array<(.+)>$/.exec(type)?.[1];
    if (list !== undefined) return this.#list(list, value, where);
    const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
    if (map !== undefined) return this.#map(map, value, where);
    const simple = SIMPLE[type];
    if (simple !== undefined)
      return simple.accepts(value) ? value : this.#mistake(value, simple.go(where), where);
    if (!this.#models.has(type)) return value;
    return isFields(value) ? this.struct(type, value, where.at) : this.#mistake(value, `v1.${type}`, where);
  }

  #list(type: string, value: unknown, where: Where): unknown {
    if (!Array.isArray(value)) return this.#mistake(value, `[]${type}`, where);
    return value.map((one, index) => this.#value(type, one, { ...where, at: `${where.at}[${index}]` }));
  }

  #map(type: string, value: unknown, where: Where): unknown {
    if (!isFields(value)) return this.#mistake(value, `map[string]${type}`, where);
    const entries = Object.entries(value).map(([key, one]) => {
      if (QUANTITIES.has(where.name)) return [key, this.#quantity(one)];
      return [key, one === null ? '' : this.#value(type, one, { ...where, at: `${where.at}.${key}` })];
    });
    return Object.fromEntries(entries);
  }

  /** In the form that the API gives back; null is nothing. */
  #quantity(value: unknown): unknown {
    const canonical = canonicalQuantity(value ?? 0);
    if (canonical === undefined) this.wrong ??= NO_QUANTITY;
    return canonical ?? value;
  }

  #mistake(value: unknown, type: string, where: Where): unknown {
    const path = where.at.replace(/\[\d+\]/g, '');
    this.wrong ??= `json: cannot unmarshal ${jsonType(value)} into Go struct field ${where.struct}.${path} of type ${type}`;
    return value;
  }
}

interface Where {
  at: string;
  struct: string;
  format: string;
  name: string;
}

const SIMPLE: Record<string, { accepts: (value: unknown) => boolean; go: (where: Where) => string }> = {
  string: { accepts: (value) => typeof value === 'string', go: () => 'string' },
  boolean: { accepts: (value) => typeof value === 'boolean', go: () => 'bool' },
  number: { accepts: (value) => typeof value === 'number', go: (where) => where.format || 'int64' },
  IntOrString: {
    accepts: (value) => ['number', 'string'].includes(typeof value),
    go: () => 'intstr.IntOrString',
  },
  Date: { accepts: isTime, go: () => 'v1.Time' },
  V1MicroTime: { accepts: isTime, go: () => 'v1.MicroTime' },
};

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}
