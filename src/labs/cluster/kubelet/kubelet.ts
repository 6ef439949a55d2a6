import type { UsageSource } from '../../api/usage.ts';
import { isTerminating, NODE_NAME, readAll } from '../access.ts';
import type { Pod } from '../shapes.ts';
import type { NodeContext } from './context.ts';
import { type LogOptions, readLog } from './logs.ts';
import { startSampler } from './usage.ts';
import { PodWorker } from './worker.ts';

/** The node's agent: runs the pods that are scheduled here as processes. */
export interface Kubelet {
  /** A container's output; undefined where there is no such container or it has not started. */
  logs(
    of: { namespace: string; pod: string; container: string },
    options?: LogOptions,
  ): AsyncIterable<string> | undefined;
  /** The process numbers of a pod's containers that run now. */
  pids(namespace: string, pod: string): number[];
  /** What the pods and the node use. */
  readonly usage: UsageSource;
  /** Ends all pods: SIGTERM, SIGKILL after `graceMs`. Nothing starts after that. */
  stop(graceMs: number): Promise<void>;
}

export function startKubelet(node: NodeContext): Kubelet {
  const workers = new Map<string, PodWorker>();
  let stopping = false;
  const look = (pod: Pod): void => {
    const { uid } = pod.metadata;
    if (pod.spec.nodeName !== NODE_NAME || stopping) return;
    let worker = workers.get(uid);
    if (worker === undefined) {
      worker = new PodWorker(node, pod);
      workers.set(uid, worker);
      void worker.done.then(() => workers.delete(uid));
    }
    if (isTerminating(pod)) worker.update(pod);
  };
  const unsubscribe = node.store.subscribe(({ type, key, object }) => {
    if (key.resource !== 'pods') return;
    if (type === 'DELETED') void workers.get(object.metadata.uid)?.kill();
    else look(object as Pod);
  });
  for (const pod of readAll<Pod>(node.store, 'pods')) look(pod);
  const usage = startSampler(() => workers.values());
  const find = (namespace: string, name: string) =>
    [...workers.values()].findLast(
      ({ pod }) => pod.metadata.namespace === namespace && pod.metadata.name === name,
    );
  return {
    logs({ namespace, pod, container }, options = {}) {
      const worker = find(namespace, pod);
      if (worker === undefined) return undefined;
      const run = worker.runs.find((one) => one.status().name === container);
      const ended = (): boolean => run?.process === undefined;
      return readLog(node.directory, { pod: worker.pod, container, ended }, options);
    },
    pids: (namespace, pod) =>
      find(namespace, pod)?.runs.flatMap(({ process }) =>
        process === undefined ? [] : [process.identity.pid],
      ) ?? [],
    usage,
    async stop(graceMs) {
      stopping = true;
      usage.stop();
      unsubscribe();
      await Promise.all([...workers.values()].map((worker) => worker.shutDown(graceMs)));
    },
  };
}
