import { RESOURCES } from '../resources.ts';
import type { Store } from '../store.ts';

/** Takes the owner with that uid out of all ownerReferences, so that its dependents outlive it. */
export function orphanDependents(store: Store, uid: string): void {
  for (const { plural } of RESOURCES) {
    for (const object of store.list(plural)) {
      const owners = object.metadata.ownerReferences ?? [];
      const left = owners.filter((owner) => owner.uid !== uid);
      if (left.length === owners.length) continue;
      if (left.length > 0) object.metadata.ownerReferences = left;
      else delete object.metadata.ownerReferences;
      store.update(
        { resource: plural, namespace: object.metadata.namespace ?? '', name: object.metadata.name },
        object,
      );
    }
  }
}
