import { findResource, findReview, type Resource, type Review } from '../resources.ts';

/** What a path is about. */
export type Place =
  | { at: 'document'; path: string }
  | ({ at: 'proxy' } & ProxyPlace)
  | { at: 'review'; review: Review }
  | {
      at: 'resource';
      resource: Resource;
      namespace: string | undefined;
      name: string | undefined;
      subresource: string | undefined;
    };

/** A pod or Service that a request is to be passed on to. */
export interface ProxyPlace {
  resource: Resource;
  namespace: string;
  /** `[SCHEME:]NAME[:PORT]` */
  id: string;
  /** What comes behind `proxy`, as it was written: `/metrics`, or nothing. */
  rest: string;
}

const PROXY = /^\/api\/v1\/namespaces\/([^/]+)\/(pods|services)\/([^/]+)\/proxy(\/.*)?$/;

/** Takes a path apart; undefined for a resource or subresource that is not served. Throws URIError on bad escapes. */
export function placeOf(path: string): Place | undefined {
  const proxied = proxyPlaceOf(path);
  if (proxied !== undefined) return { at: 'proxy', ...proxied };
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const [root, ...rest] = parts;
  if (root === 'api' && rest.length > 1) return below('', rest);
  if (root === 'apis' && rest.length > 2) return below(rest[0] ?? '', rest.slice(1));
  return { at: 'document', path: path.length > 1 ? path.replace(/\/+$/, '') : path };
}

function proxyPlaceOf(path: string): ProxyPlace | undefined {
  const [, namespace = '', plural = '', id = '', rest = ''] = PROXY.exec(path) ?? [];
  const resource = findResource('', 'v1', plural);
  if (resource === undefined) return undefined;
  return { resource, namespace: decodeURIComponent(namespace), id: decodeURIComponent(id), rest };
}

function below(group: string, [version = '', ...rest]: string[]): Place | undefined {
  const [first = '', second, third] = rest;
  // `namespaces/x` and its two subresources are about the namespace itself; anything else is in it.
  const inside = first === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(third ?? '');
  const [plural = '', name, subresource, ...more] = inside ? rest.slice(2) : rest;
  const review = findReview(group, version, plural);
  if (review !== undefined && name === undefined) return { at: 'review', review };
  const resource = findResource(group, version, plural);
  if (resource === undefined || more.length > 0) return undefined;
  if (inside && !resource.namespaced) return undefined;
  if (resource.namespaced && !inside && name !== undefined) return undefined;
  if (subresource !== undefined && !resource.subresources.some((one) => one === subresource))
    return undefined;
  return { at: 'resource', resource, namespace: inside ? second : undefined, name, subresource };
}
