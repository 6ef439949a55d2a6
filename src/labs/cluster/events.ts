import { randomBytes } from 'node:crypto';
import type { KubeObject } from '../api/objects.ts';
import type { Store } from '../api/store.ts';
import { keyOf, NODE_NAME, newMetadata, timestamp } from './access.ts';

/** Who reports: the `source.component` of its events. */
export type Reporter = 'default-scheduler' | 'deployment-controller' | 'replicaset-controller' | 'kubelet';

export interface Happening {
  /** What it is about; `container` narrows it down to a container of a pod. */
  about: KubeObject;
  container?: string;
  type?: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

export type Report = (event: Happening) => void;

interface EventObject extends KubeObject {
  count: number;
  lastTimestamp: string;
}

/** The oldest are forgotten beyond this, where the real API forgets after an hour. */
const KEEP = 1_000;

/** Makes the function that one component reports its events with; the same event again only counts up. */
export function createReporter(store: Store, from: Reporter): Report {
  const known = new Map<string, ReturnType<typeof keyOf>>();
  return (event) => {
    const { about, container = '', type = 'Normal', reason, message } = event;
    const same = [about.metadata.uid, container, type, reason, message].join('\n');
    const key = known.get(same);
    const before = key && (store.get(key) as EventObject | undefined);
    if (key !== undefined && before !== undefined) {
      store.update(key, { ...before, count: before.count + 1, lastTimestamp: timestamp() });
      return;
    }
    const object = newEvent(from, event);
    const created = keyOf('events', object);
    store.create(created, object);
    known.set(same, created);
    const oldest = known.size > KEEP ? known.entries().next().value : undefined;
    if (oldest === undefined) return;
    known.delete(oldest[0]);
    store.remove(oldest[1]);
  };
}

function newEvent(from: Reporter, { about, container, type, reason, message }: Happening): KubeObject {
  const { name, namespace = 'default', uid, resourceVersion } = about.metadata;
  const now = timestamp();
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: newMetadata(`${name}.${randomBytes(8).toString('hex')}`, namespace),
    involvedObject: {
      apiVersion: about.apiVersion,
      kind: about.kind,
      name,
      namespace,
      uid,
      resourceVersion,
      ...(container === undefined ? {} : { fieldPath: `spec.containers{${container}}` }),
    },
    type: type ?? 'Normal',
    reason,
    message,
    count: 1,
    eventTime: null,
    firstTimestamp: now,
    lastTimestamp: now,
    source: { component: from, ...(from === 'kubelet' ? { host: NODE_NAME } : {}) },
    reportingComponent: from,
    reportingInstance: from === 'kubelet' ? NODE_NAME : '',
  };
}
