import type { KubeObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { asTable, tableEvent } from '../tables/table.ts';
import { type Fields, textOf } from '../values.ts';

/** In which form the client wants objects: whole, as a table's rows, or their metadata alone. */
export type Form = 'whole' | 'table' | 'metadata';

const FORMS: Record<string, Form> = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata',
};

/** The first form of an Accept header that we can answer with JSON; undefined when there is none (406). */
export function formOf(accept: string | undefined): Form | undefined {
  for (const range of (accept ?? '*/*').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (!['application/json', 'application/*', '*/*', ''].includes(type)) continue;
    const as = parameters.find((one) => one.startsWith('as='))?.slice(3);
    if (as === undefined) return 'whole';
    const form = FORMS[as];
    if (form !== undefined) return form;
  }
  return undefined;
}

/** One list page as the client wants it. */
export function presentList(
  resource: Resource,
  page: { metadata: Fields; items: KubeObject[] },
  want: { form: Form; query: URLSearchParams },
): Fields {
  if (want.form === 'table') return asTable(resource, page, want.query);
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  if (want.form === 'whole') return { kind: `${resource.kind}List`, apiVersion, ...page };
  const items = page.items.map(metadataOf);
  return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: page.metadata, items };
}

/** One object as the client wants it. */
export function present(
  resource: Resource,
  object: KubeObject,
  want: { form: Form; query: URLSearchParams },
): Fields {
  if (want.form === 'whole') return object;
  if (want.form === 'metadata') return metadataOf(object);
  const metadata = { resourceVersion: object.metadata.resourceVersion };
  return asTable(resource, { metadata, items: [object] }, want.query);
}

/** One watch event's object; only the first table of a stream names its columns. */
export function presentEvent(
  resource: Resource,
  object: KubeObject,
  want: { form: Form; query: URLSearchParams; first: boolean },
): Fields {
  if (want.form === 'table') return tableEvent(resource, object, want);
  return present(resource, object, want);
}

/** The bookmark's object: nothing but a kind and a version. */
export function presentBookmark(
  resource: Resource,
  version: { resourceVersion: string; initial: boolean },
  form: Form,
): Fields {
  const metadata = {
    resourceVersion: version.resourceVersion,
    creationTimestamp: null,
    ...(version.initial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  };
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  if (form === 'whole') return { kind: resource.kind, apiVersion, metadata };
  if (form === 'metadata') return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions: null, rows: [] };
}

const metadataOf = (object: KubeObject): Fields => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
});

export const wantsPretty = (query: URLSearchParams, agent: unknown): boolean => {
  const asked = query.get('pretty');
  if (asked !== null) return asked !== 'false' && asked !== '0';
  return /^(curl|Wget|Mozilla)\//.test(textOf(agent));
};
