import type { z } from 'zod';
import type { AnyFault } from '../model/contracts/fault.ts';
import type { AnySignal } from '../model/contracts/signal.ts';
import type { Registries } from './load.ts';
import { type JsonShape, jsonShapeOf } from './read/json-shape.ts';
import { entryShape, experimentShape, pickField } from './shape/experiment-shape.ts';
import { signalOptions, systemShape } from './shape/system-shape.ts';

/** A JSON Schema; draft-07, which every YAML language server understands. */
type Json = Record<string, unknown>;

const DRAFT = 'http://json-schema.org/draft-07/schema#';

/** The JSON Schemas of both files, for editors: what is written, with units, and what each key means. */
export function jsonSchemas(registries: Registries): { 'experiment.json': Json; 'system.json': Json } {
  return { 'experiment.json': experimentSchema(registries.faults), 'system.json': systemSchema(registries) };
}

function experimentSchema(faults: readonly AnyFault[]): Json {
  const experiment = embed(experimentShape);
  const properties = {
    ...experiment.properties,
    faults: { ...experiment.properties?.['faults'], items: entrySchema(faults) },
  };
  return whole('aftershock experiment', { ...experiment, properties }, { pick: embed(pickField) });
}

function entrySchema(faults: readonly AnyFault[]): Json {
  const entry = embed(entryShape);
  const fault = {
    ...entry.properties?.['fault'],
    enum: faults.map(({ name }) => name),
    enumDescriptions: faults.map(({ summary }) => summary),
  };
  return {
    ...entry,
    properties: { ...entry.properties, fault },
    dependencies: { until: ['within'], within: ['until'] },
    not: { required: ['at', 'after'] },
    allOf: faults.map((one) => ({
      if: { required: ['fault'], properties: { fault: { const: one.name } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: faultSchema(one),
    })),
  };
}

function faultSchema(fault: AnyFault): Json {
  const params = embed(fault.params);
  const target = embed(fault.target);
  const pick: JsonShape = { $ref: '#/definitions/pick' };
  const properties = { target: withKey(target, 'pick', pick), with: params };
  return { properties, ...((params.required ?? []).length > 0 ? { required: ['with'] } : {}) };
}

/** The same mapping, in each of its alternatives, with one more key. */
function withKey(shape: JsonShape, key: string, value: JsonShape): JsonShape {
  const inAll = (shapes: JsonShape[] | undefined) => shapes?.map((one) => withKey(one, key, value));
  return {
    ...shape,
    ...(shape.properties === undefined ? {} : { properties: { ...shape.properties, [key]: value } }),
    ...(shape.anyOf === undefined ? {} : { anyOf: inAll(shape.anyOf) ?? [] }),
    ...(shape.oneOf === undefined ? {} : { oneOf: inAll(shape.oneOf) ?? [] }),
  };
}

function systemSchema({ signals, labs }: Registries): Json {
  const system = embed(systemShape);
  const properties = {
    ...system.properties,
    lab: labSchema(system.properties?.['lab'] ?? {}, labs),
    signals: {
      ...system.properties?.['signals'],
      propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
      additionalProperties: signalSchema(signals),
    },
  };
  return whole('aftershock system', { ...system, properties, not: { required: ['lab', 'kubernetes'] } });
}

function labSchema(lab: JsonShape, labs: Registries['labs']): Json {
  const named = (shape: JsonShape): Json => ({ ...shape, enum: labs.map(({ name }) => name) });
  const alternatives = (lab.anyOf ?? []).map((shape) =>
    shape.properties?.['name'] === undefined
      ? named(shape)
      : { ...shape, properties: { ...shape.properties, name: named(shape.properties['name']) } },
  );
  return { ...lab, anyOf: alternatives };
}

function signalSchema(signals: readonly AnySignal[]): Json {
  const blocks = signals.map((signal) => [signal.kind, kindSchema(signal)]);
  const options = Object.entries(signalOptions).map(([key, field]) => [key, embed(field)]);
  return {
    type: 'object',
    properties: Object.fromEntries([...blocks, ...options]),
    additionalProperties: false,
    oneOf: signals.map(({ kind, rated }) => ({
      required: [kind],
      ...(rated === undefined ? { properties: { rate: false, timeout: false } } : {}),
    })),
  };
}

const kindSchema = ({ config, summary }: AnySignal): Json => ({
  description: summary,
  ...embed(config),
});

/** A zod schema's input side, flat: only what holds itself (any JSON) refers to a definition, and becomes any value. */
function embed(schema: z.ZodType): JsonShape {
  const { $schema: _draft, definitions: _recursive, ...shape } = jsonShapeOf(schema) as Json;
  return JSON.parse(JSON.stringify(shape), (_key, value: unknown) =>
    isReference(value) ? {} : value,
  ) as JsonShape;
}

const isReference = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && '$ref' in value;

const whole = (title: string, shape: object, definitions?: Json): Json => ({
  $schema: DRAFT,
  title,
  ...shape,
  ...(definitions === undefined ? {} : { definitions }),
});
