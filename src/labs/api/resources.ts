/** One kind that the API serves, as discovery tells it. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  shortNames: string[];
  categories: string[];
  subresources: Subresource[];
  /** A PUT of an object that is not there creates it. */
  createOnUpdate: boolean;
  /** A DELETE answers with the object; the others answer with a Status. */
  returnsDeleted: boolean;
  verbs: readonly string[];
}

export type Subresource = 'status' | 'scale' | 'log' | 'eviction' | 'finalize' | 'proxy';

/** A kind that is only asked, never kept: a POST is answered at once. */
export interface Review {
  group: string;
  version: string;
  plural: string;
  singular: string;
  kind: string;
}

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

type Brief = Pick<Resource, 'plural' | 'kind'> & Partial<Resource>;

const kind = (group: string, version: string, brief: Brief): Resource => ({
  group,
  version,
  singular: brief.kind.toLowerCase(),
  namespaced: true,
  shortNames: [],
  categories: [],
  subresources: [],
  createOnUpdate: false,
  returnsDeleted: false,
  verbs: VERBS,
  ...brief,
});

const core = (brief: Brief) => kind('', 'v1', brief);
const apps = (brief: Brief) =>
  kind('apps', 'v1', { categories: ['all'], subresources: ['status', 'scale'], ...brief });

/** Every kind that is kept, in the order in which `kubectl api-resources` should find them. */
export const RESOURCES: readonly Resource[] = [
  core({ plural: 'configmaps', kind: 'ConfigMap', shortNames: ['cm'] }),
  core({
    plural: 'endpoints',
    kind: 'Endpoints',
    singular: 'endpoints',
    shortNames: ['ep'],
    createOnUpdate: true,
  }),
  core({ plural: 'events', kind: 'Event', shortNames: ['ev'], createOnUpdate: true }),
  core({
    plural: 'namespaces',
    kind: 'Namespace',
    namespaced: false,
    shortNames: ['ns'],
    subresources: ['status', 'finalize'],
    returnsDeleted: true,
  }),
  core({ plural: 'nodes', kind: 'Node', namespaced: false, shortNames: ['no'], subresources: ['status'] }),
  core({
    plural: 'pods',
    kind: 'Pod',
    shortNames: ['po'],
    categories: ['all'],
    subresources: ['status', 'log', 'eviction', 'proxy'],
    returnsDeleted: true,
  }),
  core({ plural: 'secrets', kind: 'Secret' }),
  core({ plural: 'serviceaccounts', kind: 'ServiceAccount', shortNames: ['sa'], returnsDeleted: true }),
  core({
    plural: 'services',
    kind: 'Service',
    shortNames: ['svc'],
    categories: ['all'],
    subresources: ['status', 'proxy'],
    createOnUpdate: true,
    returnsDeleted: true,
  }),
  apps({ plural: 'daemonsets', kind: 'DaemonSet', shortNames: ['ds'], subresources: ['status'] }),
  apps({ plural: 'deployments', kind: 'Deployment', shortNames: ['deploy'] }),
  apps({ plural: 'replicasets', kind: 'ReplicaSet', shortNames: ['rs'] }),
  apps({ plural: 'statefulsets', kind: 'StatefulSet', shortNames: ['sts'] }),
  kind('apiregistration.k8s.io', 'v1', {
    plural: 'apiservices',
    kind: 'APIService',
    namespaced: false,
    categories: ['api-extensions'],
    subresources: ['status'],
  }),
  kind('coordination.k8s.io', 'v1', { plural: 'leases', kind: 'Lease', createOnUpdate: true }),
  kind('discovery.k8s.io', 'v1', { plural: 'endpointslices', kind: 'EndpointSlice' }),
];

const measured = (brief: Brief) =>
  kind('metrics.k8s.io', 'v1beta1', { verbs: ['get', 'list'], singular: '', ...brief });

/** Kinds that nobody keeps: each GET is answered with what was measured last. */
export const MEASURED: readonly Resource[] = [
  measured({ plural: 'nodes', kind: 'NodeMetrics', namespaced: false }),
  measured({ plural: 'pods', kind: 'PodMetrics' }),
];

/** Every kind with objects, in the order of discovery. */
export const SERVED: readonly Resource[] = [...RESOURCES, ...MEASURED];

/** The questions a client may ask about itself. */
export const REVIEWS: readonly Review[] = [
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    plural: 'selfsubjectreviews',
    singular: 'selfsubjectreview',
    kind: 'SelfSubjectReview',
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: 'selfsubjectaccessreviews',
    singular: 'selfsubjectaccessreview',
    kind: 'SelfSubjectAccessReview',
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: 'selfsubjectrulesreviews',
    singular: 'selfsubjectrulesreview',
    kind: 'SelfSubjectRulesReview',
  },
];

/** The named groups in the order of discovery, with their one version. */
export const GROUPS: readonly { group: string; version: string }[] = [
  { group: 'apiregistration.k8s.io', version: 'v1' },
  { group: 'apps', version: 'v1' },
  { group: 'authentication.k8s.io', version: 'v1' },
  { group: 'authorization.k8s.io', version: 'v1' },
  { group: 'coordination.k8s.io', version: 'v1' },
  { group: 'discovery.k8s.io', version: 'v1' },
  { group: 'metrics.k8s.io', version: 'v1beta1' },
];

export const groupVersion = (of: { group: string; version: string }): string =>
  of.group === '' ? of.version : `${of.group}/${of.version}`;

export const findResource = (group: string, version: string, plural: string): Resource | undefined =>
  SERVED.find((one) => one.group === group && one.version === version && one.plural === plural);

export const isMeasured = (resource: Resource): boolean => MEASURED.includes(resource);

export const findReview = (group: string, version: string, plural: string): Review | undefined =>
  REVIEWS.find((one) => one.group === group && one.version === version && one.plural === plural);

/** The resource that the store keeps under this plural name. */
export const resourceOf = (plural: string): Resource | undefined =>
  RESOURCES.find((one) => one.plural === plural);
