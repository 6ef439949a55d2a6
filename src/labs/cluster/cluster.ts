import { mkdirSync } from 'node:fs';
import { Store } from '../api/store.ts';
import type { Contained } from '../process/contained.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import { startReaper } from '../process/reaper.ts';
import { startDeployments } from './controllers/deployment.ts';
import { startEndpoints } from './controllers/endpoints.ts';
import { startGarbageCollector } from './controllers/garbage.ts';
import { startReplicaSets } from './controllers/replicaset.ts';
import { startScheduler } from './controllers/scheduler.ts';
import { createReporter } from './events.ts';
import { claimSubnet } from './kubelet/addresses.ts';
import { REAL_TIMINGS, type Timings } from './kubelet/context.ts';
import { IMAGES, type Image } from './kubelet/images.ts';
import { type Kubelet, startKubelet } from './kubelet/kubelet.ts';
import { registerNode } from './node.ts';
import { startNodePorts } from './proxy/nodeports.ts';

export interface ClusterOptions {
  /** Where logs go, and where programs run. */
  directory: string;
  store?: Store;
  /** The images that can be pulled; the lab's own unless told. */
  images?: Readonly<Record<string, Image>>;
  timings?: Partial<Timings>;
  /** Called with the processes of all pods whenever one starts or ends. */
  processesChanged?: (processes: ProcessIdentity[]) => void;
  /** Trouble that no user of the cluster can see in it. */
  troubled?: (text: string) => void;
}

/** A running practice cluster, without its API server. */
export interface Cluster extends Pick<Kubelet, 'logs' | 'pids' | 'usage'> {
  readonly store: Store;
  /** The addresses of its pods are all of `127.x.0.0/16`; this is the `127.x`. */
  readonly prefix: string;
  /** All processes of its pods that run now. */
  processes(): ProcessIdentity[];
  /** Ends every pod, within `graceMs` (5 s unless told), and closes every port. */
  stop(graceMs?: number): Promise<void>;
}

const STOP_GRACE_MS = 5_000;

/**
 * Starts the controllers, the node and the proxy of a cluster that runs pods as processes of this machine.
 * Rejects where no range of loopback addresses is free.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { directory, store = new Store(), troubled = () => {} } = options;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const subnet = await claimSubnet();
  if (subnet === undefined) throw new RangeError('no free range of loopback addresses (127.16 to 127.250)');
  const running = new Set<Contained>();
  const processes = () => [...running].map((one) => one.identity);
  const reaper = startReaper(() => processes().map((one) => one.pid));
  registerNode(store, `${subnet.prefix}.0.1`);
  const controllers = [
    startGarbageCollector,
    startDeployments,
    startReplicaSets,
    startScheduler,
    startEndpoints,
  ].map((start) => start(store));
  const proxy = startNodePorts(store, troubled);
  const kubelet = startKubelet({
    store,
    reaper,
    subnet,
    directory,
    images: options.images ?? IMAGES,
    timings: { ...REAL_TIMINGS, ...options.timings },
    report: createReporter(store, 'kubelet'),
    track(process, alive) {
      if (alive) running.add(process);
      else running.delete(process);
      options.processesChanged?.(processes());
    },
  });
  return {
    store,
    prefix: subnet.prefix,
    logs: kubelet.logs,
    pids: kubelet.pids,
    usage: kubelet.usage,
    processes,
    async stop(graceMs = STOP_GRACE_MS) {
      for (const controller of controllers) controller.stop();
      await Promise.all([proxy.stop(), kubelet.stop(graceMs)]);
      await reaper.stop();
      subnet.release();
    },
  };
}
