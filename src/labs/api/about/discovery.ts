import { GROUPS, groupVersion, REVIEWS, type Resource, SERVED, type Subresource } from '../resources.ts';
import type { Fields } from '../values.ts';

const RELEASE = { major: '1', minor: '32', patch: '4' };

/** What `/version` says: the release whose behaviour this server follows. */
export const VERSION = {
  major: RELEASE.major,
  minor: RELEASE.minor,
  gitVersion: `v${RELEASE.major}.${RELEASE.minor}.${RELEASE.patch}+aftershock`,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2025-04-22T16:02:27Z',
  goVersion: 'none',
  compiler: 'none',
  platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
};

interface Path {
  verbs: string[];
  kind: { group: string; version: string; kind: string };
}

const STATUS_VERBS = ['get', 'patch', 'update'];
const POST_ONLY = ['create'];
const PROXY_VERBS = ['create', 'delete', 'get', 'patch', 'update'];
const proxyOptions = ({ kind }: Resource) => ({ group: '', version: 'v1', kind: `${kind}ProxyOptions` });

/** What the subresource of a kind takes and can do. */
function subresource(resource: Resource, name: Subresource): Path {
  const own = { group: resource.group, version: resource.version, kind: resource.kind };
  if (name === 'scale')
    return { verbs: STATUS_VERBS, kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } };
  if (name === 'eviction')
    return { verbs: POST_ONLY, kind: { group: 'policy', version: 'v1', kind: 'Eviction' } };
  if (name === 'proxy') return { verbs: PROXY_VERBS, kind: proxyOptions(resource) };
  if (name === 'log') return { verbs: ['get'], kind: own };
  if (name === 'finalize') return { verbs: ['update'], kind: own };
  return { verbs: STATUS_VERBS, kind: own };
}

/** `/api`: which versions the core group has. */
export const coreVersions = (): Fields => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [],
});

/** `/apis` in the old form: the named groups. */
export const groupList = (): Fields => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: GROUPS.map(groupFields),
});

/** `/apis/GROUP`, or undefined. */
export function groupOf(name: string): Fields | undefined {
  const found = GROUPS.find((one) => one.group === name);
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...groupFields(found) };
}

function groupFields(of: { group: string; version: string }): Fields {
  const version = { groupVersion: groupVersion(of), version: of.version };
  return { name: of.group, versions: [version], preferredVersion: version };
}

/** `/api/v1`, `/apis/GROUP/VERSION` in the old form, or undefined. */
export function resourceList(group: string, version: string): Fields | undefined {
  const kept = SERVED.filter((one) => one.group === group && one.version === version);
  const asked = REVIEWS.filter((one) => one.group === group && one.version === version);
  if (kept.length + asked.length === 0) return undefined;
  const reviews = asked.map((one) => ({
    name: one.plural,
    singularName: one.singular,
    namespaced: false,
    kind: one.kind,
    verbs: POST_ONLY,
  }));
  const resources = [...kept.flatMap(resourceEntries), ...reviews];
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion({ group, version }),
    resources,
  };
}

function resourceEntries(one: Resource): Fields[] {
  const main = {
    name: one.plural,
    singularName: one.singular,
    namespaced: one.namespaced,
    kind: one.kind,
    verbs: one.verbs,
    ...(one.shortNames.length === 0 ? {} : { shortNames: one.shortNames }),
    ...(one.categories.length === 0 ? {} : { categories: one.categories }),
  };
  const below = one.subresources.map((name) => {
    const { verbs, kind } = subresource(one, name);
    const foreign = kind.group === one.group ? {} : { group: kind.group, version: kind.version };
    return {
      name: `${one.plural}/${name}`,
      singularName: '',
      namespaced: one.namespaced,
      ...foreign,
      kind: kind.kind,
      verbs,
    };
  });
  return [main, ...below];
}

/** `/api` and `/apis` in the aggregated form (apidiscovery.k8s.io), which saves newer clients a request a group. */
export function aggregated(path: '/api' | '/apis', version: string): Fields {
  const groups = path === '/api' ? [{ group: '', version: 'v1' }] : GROUPS;
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map((of) => ({
      metadata: of.group === '' ? { creationTimestamp: null } : { name: of.group, creationTimestamp: null },
      versions: [{ version: of.version, resources: aggregatedResources(of), freshness: 'Current' }],
    })),
  };
}

function aggregatedResources(of: { group: string; version: string }): Fields[] {
  const kept = SERVED.filter((one) => one.group === of.group).map((one) => ({
    resource: one.plural,
    responseKind: { group: one.group, version: one.version, kind: one.kind },
    scope: one.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: one.singular,
    verbs: one.verbs,
    ...(one.shortNames.length === 0 ? {} : { shortNames: one.shortNames }),
    ...(one.categories.length === 0 ? {} : { categories: one.categories }),
    subresources: one.subresources.map((name) => {
      const { verbs, kind } = subresource(one, name);
      return { subresource: name, responseKind: kind, verbs };
    }),
  }));
  const asked = REVIEWS.filter((one) => one.group === of.group).map((one) => ({
    resource: one.plural,
    responseKind: { group: one.group, version: one.version, kind: one.kind },
    scope: 'Cluster',
    singularResource: one.singular,
    verbs: POST_ONLY,
  }));
  return [...kept, ...asked];
}

/** The version of the aggregated form that an Accept header asks for before the old form, if any. */
export function aggregatedVersion(accept: string | undefined): string | undefined {
  for (const range of (accept ?? '').split(',')) {
    const found =
      /^\s*application\/json;g=apidiscovery\.k8s\.io;v=(v2|v2beta1);as=APIGroupDiscoveryList/.exec(range);
    if (found) return found[1];
    if (/^\s*(application\/json|\*\/\*)\s*$/.test(range)) return undefined;
  }
  return undefined;
}
