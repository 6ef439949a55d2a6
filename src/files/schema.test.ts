import { expect, test } from 'vitest';
import { fakeRegistries } from './fake-registry.ts';
import { jsonSchemas } from './schema.ts';

const schemas = jsonSchemas(fakeRegistries());
const experiment = schemas['experiment.json'];
const system = schemas['system.json'];

/** Every object in a value. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(objectsIn)];
}

test('are draft-07, strict, and described at every key that people write', () => {
  for (const schema of [experiment, system]) {
    expect(schema).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      additionalProperties: false,
    });
    for (const [key, property] of Object.entries(
      schema['properties'] as Record<string, { description?: string }>,
    )) {
      expect(property.description, key).toBeTruthy();
    }
  }
});

test('each fault has its own target, with pick, and its own parameters', () => {
  const items = objectsIn(experiment).find(
    (one) => Array.isArray(one['allOf']) && one['dependencies'] !== undefined,
  );
  const kill = { properties: { fault: { const: 'kubernetes.fake.kill' } }, required: ['fault'] };
  expect(items).toMatchObject({
    additionalProperties: false,
    required: ['id', 'fault', 'target'],
    properties: {
      fault: { enum: ['kubernetes.fake.kill', 'kubernetes.fake.env', 'fake.forever'] },
      for: { type: 'string' },
    },
  });
  const rules = items?.['allOf'] as { if: unknown; then: Record<string, unknown> }[];
  expect(
    rules.find(
      (rule) =>
        JSON.stringify(rule.if) === JSON.stringify({ required: kill.required, properties: kill.properties }),
    ),
  ).toMatchObject({
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      properties: {
        target: {
          anyOf: [
            { properties: { deployment: {}, pick: { $ref: '#/definitions/pick' } } },
            { properties: { pod: {} } },
          ],
        },
        with: {
          properties: {
            grace: {
              type: 'string',
              pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$',
              description: 'How long it may take to end',
            },
          },
        },
      },
    },
  });
  expect(rules[0]?.then).not.toHaveProperty('required');
  expect(rules[1]?.then).toHaveProperty('required', ['with']);
  expect(experiment).toHaveProperty(['definitions', 'pick', 'description']);
});

test('each signal has exactly one kind, and rate and timeout where they apply', () => {
  const signal = objectsIn(system).find((one) => Array.isArray(one['oneOf']));
  expect(signal).toMatchObject({
    additionalProperties: false,
    properties: {
      http: {
        description: 'Fake requests.',
        properties: { url: { description: 'Where requests go' } },
        required: ['url'],
      },
      'kubernetes.pods': {},
      rate: { type: 'string' },
      timeout: { type: 'string' },
    },
    oneOf: [
      { required: ['http'] },
      { required: ['kubernetes.pods'], properties: { rate: false, timeout: false } },
    ],
  });
  expect(
    objectsIn(system).filter((one) => JSON.stringify(one['enum']) === '["poll-app","hosts"]'),
  ).toHaveLength(2);
});

test('refer to nothing that is not there', () => {
  for (const schema of [experiment, system]) {
    const definitions = Object.keys((schema['definitions'] ?? {}) as object);
    for (const { $ref } of objectsIn(schema)) {
      if (typeof $ref === 'string') expect(definitions).toContain($ref.replace('#/definitions/', ''));
    }
  }
});
