import type { KubeObject } from '../objects.ts';
import { isMeasured, type Resource } from '../resources.ts';
import { dig, type Fields } from '../values.ts';
import { age } from './age.ts';
import { type Cell, type Layout, short } from './column.ts';
import { MEASUREMENTS } from './measurements.ts';
import { ENDPOINT_SLICES, ENDPOINTS, SERVICES } from './network.ts';
import {
  API_SERVICES,
  CONFIG_MAPS,
  EVENTS,
  LEASES,
  NAMESPACES,
  NODES,
  SECRETS,
  SERVICE_ACCOUNTS,
} from './others.ts';
import { PODS } from './pods.ts';
import { DAEMON_SETS, DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS } from './workloads.ts';

const LAYOUTS: Record<string, Layout> = {
  apiservices: API_SERVICES,
  configmaps: CONFIG_MAPS,
  daemonsets: DAEMON_SETS,
  deployments: DEPLOYMENTS,
  endpoints: ENDPOINTS,
  endpointslices: ENDPOINT_SLICES,
  events: EVENTS,
  leases: LEASES,
  namespaces: NAMESPACES,
  nodes: NODES,
  pods: PODS,
  replicasets: REPLICA_SETS,
  secrets: SECRETS,
  serviceaccounts: SERVICE_ACCOUNTS,
  services: SERVICES,
  statefulsets: STATEFUL_SETS,
};

const PLAIN: Layout = {
  columns: [short('Name', { format: 'name' }), short('Created At')],
  cells: (object) => [object.metadata.name, age(object.metadata.creationTimestamp)],
};

/** Objects as the table that `kubectl get` prints. */
export function asTable(
  resource: Resource,
  page: { metadata: Fields; items: KubeObject[] },
  query: URLSearchParams,
): Fields {
  const layout = isMeasured(resource) ? MEASUREMENTS : (LAYOUTS[resource.plural] ?? PLAIN);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: page.metadata,
    columnDefinitions: layout.columns,
    rows: page.items.map((object) => ({
      cells: layout.cells(object) satisfies Cell[],
      ...conditionsOf(object),
      ...include(object, query),
    })),
  };
}

/** The table of one watch event: its one row, and the columns only in the first of a stream. */
export function tableEvent(
  resource: Resource,
  object: KubeObject,
  want: { query: URLSearchParams; first: boolean },
): Fields {
  const metadata = { resourceVersion: object.metadata.resourceVersion };
  const table = asTable(resource, { metadata, items: [object] }, want.query);
  return want.first ? table : { ...table, columnDefinitions: null };
}

/** A finished pod is marked so that clients can leave it out. */
function conditionsOf(object: KubeObject): Fields {
  const phase = object.kind === 'Pod' ? dig(object, 'status', 'phase') : undefined;
  if (phase !== 'Succeeded' && phase !== 'Failed') return {};
  return { conditions: [{ type: 'Completed', status: 'True', reason: phase }] };
}

function include(object: KubeObject, query: URLSearchParams): Fields {
  const policy = query.get('includeObject') ?? 'Metadata';
  if (policy === 'None') return {};
  if (policy === 'Object') return { object };
  return {
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
  };
}
