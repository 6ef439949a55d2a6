/** A kind of thing in the API: its group ('' for the core), version and plural name. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
}

const resource = (group: string, version: string, plural: string): Resource => ({ group, version, plural });

/** The resources that aftershock reads or changes. */
export const resources = {
  namespaces: resource('', 'v1', 'namespaces'),
  pods: resource('', 'v1', 'pods'),
  events: resource('', 'v1', 'events'),
  replicationControllers: resource('', 'v1', 'replicationcontrollers'),
  deployments: resource('apps', 'v1', 'deployments'),
  replicaSets: resource('apps', 'v1', 'replicasets'),
  statefulSets: resource('apps', 'v1', 'statefulsets'),
  daemonSets: resource('apps', 'v1', 'daemonsets'),
  autoscalers: resource('autoscaling', 'v2', 'horizontalpodautoscalers'),
  leases: resource('coordination.k8s.io', 'v1', 'leases'),
  podMetrics: resource('metrics.k8s.io', 'v1beta1', 'pods'),
  accessReviews: resource('authorization.k8s.io', 'v1', 'selfsubjectaccessreviews'),
} as const;

/** The path of a collection, an object or its subresource: `/apis/apps/v1/namespaces/x/deployments/y/scale`. */
export function pathOf(
  of: Resource,
  where: { namespace?: string; name?: string; sub?: string } = {},
): string {
  const parts = of.group === '' ? ['api', of.version] : ['apis', of.group, of.version];
  if (where.namespace !== undefined) parts.push('namespaces', encodeURIComponent(where.namespace));
  parts.push(of.plural);
  if (where.name !== undefined) parts.push(encodeURIComponent(where.name));
  if (where.sub !== undefined) parts.push(where.sub);
  return `/${parts.join('/')}`;
}
