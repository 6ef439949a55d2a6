import { findResource, findReview, type Resource, type Review } from '../resources.ts';

/** What a path is about. */
export type Place =
  | { at: 'document'; path: string }
  | { at: 'review'; review: Review }
  | {
      at: 'resource';
      resource: Resource;
      namespace: string | undefined;
      name: string | undefined;
      subresource: string | undefined;
    };

/** Takes a path apart; undefined for a resource or subresource that is not served. Throws URIError on bad escapes. */
export function placeOf(path: string): Place | undefined {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const [root, ...rest] = parts;
  if (root === 'api' && rest.length > 1) return below('', rest);
  if (root === 'apis' && rest.length > 2) return below(rest[0] ?? '', rest.slice(1));
  return { at: 'document', path: path.length > 1 ? path.replace(/\/+$/, '') : path };
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
