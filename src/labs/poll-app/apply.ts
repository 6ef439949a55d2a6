import { allocate } from '../api/kinds/addresses.ts';
import { fillDefaults } from '../api/kinds/defaults.ts';
import type { Store } from '../api/store.ts';
import { keyOf } from '../cluster/access.ts';
import { type ManifestOptions, manifest } from './manifest.ts';

/** Puts the poll app into a cluster's store, as `kubectl apply` of its manifest would. */
export function applyPollApp(store: Store, options: ManifestOptions): void {
  for (const { resource, object } of manifest(options)) {
    fillDefaults(resource, object);
    if (resource === 'services') allocate(store, object, undefined);
    store.create(keyOf(resource, object), object);
  }
}
