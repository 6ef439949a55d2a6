/** How a list is merged: by a key of its elements, as a set of plain values, or not at all. */
export type ListStrategy = { by: string } | 'values' | 'replace';

/**
 * The merge keys of the real API, by the field that holds the list and the one around it. They are the tags
 * `patchStrategy` and `patchMergeKey` of k8s.io/api (core/v1, apps/v1, meta/v1).
 */
const KEYS: Record<string, ListStrategy> = {
  'metadata.finalizers': 'values',
  'metadata.ownerReferences': { by: 'uid' },
  'status.conditions': { by: 'type' },
  'status.addresses': { by: 'type' },
  'status.podIPs': { by: 'ip' },
  'spec.podCIDRs': 'values',
  'spec.ports': { by: 'port' },
  'spec.containers': { by: 'name' },
  'spec.initContainers': { by: 'name' },
  'spec.ephemeralContainers': { by: 'name' },
  'spec.volumes': { by: 'name' },
  'spec.imagePullSecrets': { by: 'name' },
  'spec.hostAliases': { by: 'ip' },
  'spec.topologySpreadConstraints': { by: 'topologyKey' },
  'spec.resourceClaims': { by: 'name' },
  'spec.schedulingGates': { by: 'name' },
  '.secrets': { by: 'name' },
  '.imagePullSecrets': { by: 'name' },
};

const IN_CONTAINERS: Record<string, ListStrategy> = {
  ports: { by: 'containerPort' },
  env: { by: 'name' },
  volumeMounts: { by: 'mountPath' },
  volumeDevices: { by: 'devicePath' },
};

const CONTAINERS = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** How the list at this path of field names is merged. */
export function listStrategy(path: readonly string[]): ListStrategy {
  const field = path.at(-1) ?? '';
  const around = path.at(-2) ?? '';
  if (CONTAINERS.has(around)) return IN_CONTAINERS[field] ?? 'replace';
  return KEYS[`${around}.${field}`] ?? 'replace';
}
