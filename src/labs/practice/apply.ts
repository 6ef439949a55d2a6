import { allocate } from '../api/kinds/addresses.ts';
import { fillDefaults } from '../api/kinds/defaults.ts';
import type { Store } from '../api/store.ts';
import { keyOf } from '../cluster/access.ts';
import type { Placed } from './objects.ts';

/** Puts a manifest into a cluster's store, as `kubectl apply` of it would. */
export function apply(store: Store, manifest: readonly Placed[]): void {
  for (const { resource, object } of manifest) {
    fillDefaults(resource, object);
    if (resource === 'services') allocate(store, object, undefined);
    store.create(keyOf(resource, object), object);
  }
}
