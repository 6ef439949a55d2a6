import type { KubernetesApi } from '../../model/contracts/world.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { isObject } from './fields.ts';
import { listAll } from './list.ts';
import { pathOf, type Resource, resources } from './paths.ts';

const services: Resource = { group: '', version: 'v1', plural: 'services' };
const endpoints: Resource = { group: '', version: 'v1', plural: 'endpoints' };

/** What a snapshot holds of a namespace. Secrets and config maps are never read. */
const kept: readonly Resource[] = [
  resources.pods,
  resources.deployments,
  resources.replicaSets,
  resources.statefulSets,
  resources.daemonSets,
  services,
  endpoints,
  resources.autoscalers,
];

const LIST_WITHIN_MS = 5_000;

/**
 * The objects of the namespace as they are now, and what could not be read and why (forbidden, absent, no answer): for
 * the recording. Values of environment variables, copies of whole manifests in annotations and managed fields are left out.
 */
export async function takeSnapshot(api: KubernetesApi, signal: AbortSignal): Promise<JsonObject> {
  const { namespace } = api.about;
  const objects: Json[] = [];
  const missing: Json[] = [];
  const lists = kept.map(async (resource) => {
    const path = pathOf(resource, { namespace });
    const listed = await listAll(api, { path, deadline_ms: LIST_WITHIN_MS }, signal);
    if (listed.ok) {
      const { group, version, plural } = resource;
      for (const object of listed.value.items)
        objects.push({ group, version, plural, object: withoutSecrets(object) });
    } else {
      missing.push({
        resource: resource.plural,
        status: listed.problem.status,
        reason: listed.problem.reason,
      });
    }
  });
  await Promise.all(lists);
  return { version: 1, kind: 'kubernetes', namespace, objects, missing };
}

/** Annotations that hold a whole object again, with all its values. */
const copies = ['kubectl.kubernetes.io/last-applied-configuration', 'aftershock.dev/injection'];

function withoutSecrets(value: Json, key = ''): Json {
  if (Array.isArray(value)) {
    return value.map((item) => (key === 'env' && isObject(item) ? withoutValue(item) : withoutSecrets(item)));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'managedFields' && !copies.includes(name))
      .map(([name, inner]) => [name, withoutSecrets(inner, name)]),
  );
}

/** References to secrets stay: they are names. */
function withoutValue({ value: _left, ...entry }: JsonObject): Json {
  return entry;
}
