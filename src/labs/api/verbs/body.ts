import { ok } from '../../../model/result.ts';
import type { Call } from '../http/call.ts';
import { decode, type Models } from '../kinds/fields.ts';
import type { KubeObject, ObjectMeta } from '../objects.ts';
import { groupVersion, type Resource } from '../resources.ts';
import { type Outcome, refuse } from '../status.ts';
import { type Fields, isFields, textOf } from '../values.ts';

/** An object from a client, with what the client has to be warned of. */
export interface Received {
  object: KubeObject;
  warnings: string[];
}

/** Reads a request's body as an object of the call's kind: checks kind, version, field names and types. */
export function receive(call: Call, models: Models, body: unknown): Outcome<Received> {
  const { resource } = call;
  if (!isFields(body))
    return refuse(400, `the object provided is unrecognized (must be of type ${resource.kind})`);
  const wrongKind = kindMismatch(resource, body);
  if (wrongKind !== undefined) return refuse(400, wrongKind);
  const { object, unknown, wrong } = decode(models, resource.kind, body);
  const handled = `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}`;
  if (wrong !== undefined) return refuse(400, `${handled}: ${wrong}`);
  const told = unknown.map((field) => `unknown field "${field}"`);
  const mode = call.query.get('fieldValidation') ?? 'Warn';
  if (mode === 'Strict' && told.length > 0)
    return refuse(400, `${handled}: strict decoding error: ${told.join(', ')}`);
  return ok({ object: completed(resource, object), warnings: mode === 'Warn' ? told : [] });
}

function kindMismatch(resource: Resource, body: Fields): string | undefined {
  const expected = groupVersion(resource);
  const [version, kind] = [textOf(body['apiVersion']), textOf(body['kind'])];
  if (version !== '' && version !== expected)
    return `the API version in the data (${version}) does not match the expected API version (${expected})`;
  if (kind !== '' && kind !== resource.kind)
    return `${kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: no kind "${kind}" is registered for this path`;
  return undefined;
}

/** Kind first, as the API shows it; without what clients send along but we do not keep. */
function completed(resource: Resource, given: Fields): KubeObject {
  const {
    managedFields: _,
    selfLink: __,
    ...metadata
  } = isFields(given['metadata']) ? given['metadata'] : {};
  const identity = { name: '', uid: '', resourceVersion: '', creationTimestamp: '' };
  return {
    ...given,
    kind: resource.kind,
    apiVersion: groupVersion(resource),
    metadata: { ...identity, ...withoutEmpty(metadata) } as ObjectMeta,
  };
}

/** The API keeps no empty label or annotation map and no empty list in the metadata. */
const withoutEmpty = (metadata: Fields): Fields =>
  Object.fromEntries(Object.entries(metadata).filter(([, value]) => !isEmpty(value)));

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
