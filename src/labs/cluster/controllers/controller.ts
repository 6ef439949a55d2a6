import type { KubeObject } from '../../api/objects.ts';
import type { Change, Store } from '../../api/store.ts';
import { createQueue } from '../queue.ts';

/** A running control loop. */
export interface Controller {
  stop(): void;
}

export interface Loop {
  /** Which keys (`namespace/name` of what it cares for) a change makes it look at again. */
  concerns(change: Change): string[];
  /** What it looks at when it starts. */
  initially(): string[];
  /** Brings one key closer to what is wanted; `again` asks for another look after some milliseconds. */
  reconcile(namespace: string, name: string, again: (ms: number) => void): void;
}

/** Runs a control loop on the store: each key that changed is reconciled one turn of the event loop later. */
export function runLoop(store: Store, loop: Loop): Controller {
  const queue = createQueue((key) => {
    const slash = key.indexOf('/');
    loop.reconcile(key.slice(0, slash), key.slice(slash + 1), (ms) => queue.addLater(key, ms));
  });
  const unsubscribe = store.subscribe((change) => loop.concerns(change).forEach(queue.add));
  loop.initially().forEach(queue.add);
  return {
    stop() {
      unsubscribe();
      queue.stop();
    },
  };
}

export const loopKey = (object: KubeObject): string =>
  `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

/** The keys of the controllers that own, or owned, the object of a change. */
export function ownerKeys({ object, previous, key }: Change, kind: string): string[] {
  const owners = [object, previous].flatMap((one) => one?.metadata.ownerReferences ?? []);
  const names = owners.filter((owner) => owner.controller && owner.kind === kind).map((owner) => owner.name);
  return [...new Set(names)].map((name) => `${key.namespace}/${name}`);
}
