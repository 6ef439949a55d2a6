import type { KubeObject } from '../../api/objects.ts';
import { RESOURCES } from '../../api/resources.ts';
import type { Store } from '../../api/store.ts';
import { deletePod, keyOf } from '../access.ts';
import type { Pod } from '../shapes.ts';
import { type Controller, runLoop } from './controller.ts';

/** Deletes what belonged to something that is gone: a Deployment's ReplicaSets, a ReplicaSet's pods. */
export function startGarbageCollector(store: Store): Controller {
  return runLoop(store, {
    concerns: ({ type, object }) => (type === 'DELETED' ? [`gone/${object.metadata.uid}`] : []),
    initially: () => [],
    reconcile(_, uid) {
      for (const { plural } of RESOURCES) {
        for (const object of store.list(plural)) if (belongsTo(object, uid)) end(store, plural, object);
      }
    },
  });
}

const belongsTo = ({ metadata }: KubeObject, uid: string): boolean =>
  metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;

function end(store: Store, resource: string, object: KubeObject): void {
  if (resource === 'pods') deletePod(store, object as Pod);
  else store.remove(keyOf(resource, object));
}
