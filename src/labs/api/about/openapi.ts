import { GROUPS, RESOURCES, type Resource } from '../resources.ts';
import type { Fields } from '../values.ts';

const GROUP_VERSIONS = [{ group: '', version: 'v1' }, ...GROUPS];

const pathOf = (of: { group: string; version: string }): string =>
  of.group === '' ? `api/${of.version}` : `apis/${of.group}/${of.version}`;

/** `/openapi/v3`: where the document of each group is. */
export const openApiIndex = (): Fields => ({
  paths: Object.fromEntries(
    GROUP_VERSIONS.map((of) => [pathOf(of), { serverRelativeURL: `/openapi/v3/${pathOf(of)}` }]),
  ),
});

/**
 * `/openapi/v3/…`: no schemas, only that PATCH takes `dryRun` and `fieldValidation`, by which kubectl finds out
 * what the server can do. It does not name the patch types, so kubectl merges by its built-in types.
 */
export function openApiV3(path: string): Fields | undefined {
  const of = GROUP_VERSIONS.find((one) => pathOf(one) === path);
  if (of === undefined) return undefined;
  const resources = RESOURCES.filter((one) => one.group === of.group && one.version === of.version);
  const paths = resources.map((one) => [objectPath(one), { patch: patchOperation(one) }]);
  return { openapi: '3.0.0', info: INFO, paths: Object.fromEntries(paths), components: { schemas: {} } };
}

const INFO = { title: 'Kubernetes', version: 'v1.32.4' };

const objectPath = (of: Resource): string =>
  `/${pathOf(of)}/${of.namespaced ? 'namespaces/{namespace}/' : ''}${of.plural}/{name}`;

function patchOperation(of: Resource): Fields {
  const parameter = (name: string) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
  return {
    operationId: `patch${of.kind}`,
    parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(parameter),
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': { group: of.group, version: of.version, kind: of.kind },
  };
}

/** `/openapi/v2` as JSON; without definitions, so that old clients check nothing themselves. */
export const openApiV2 = (): Fields => ({ swagger: '2.0', info: INFO, paths: {}, definitions: {} });

/**
 * The same document in the protobuf encoding (openapi.v2.Document of gnostic) that kubectl up to 1.24 insists on:
 * field 1 `swagger`, field 2 `info` with 1 `title` and 2 `version`.
 */
export function openApiV2Protobuf(): Buffer {
  const info = Buffer.concat([textField(1, INFO.title), textField(2, INFO.version)]);
  return Buffer.concat([textField(1, '2.0'), field(2, info)]);
}

const textField = (number: number, text: string): Buffer => field(number, Buffer.from(text));

/** A length-delimited protobuf field shorter than 128 bytes. */
const field = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
