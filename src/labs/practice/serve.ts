import { connect } from 'node:net';
import { fail, ok, type Problem } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import type { KubeObject } from '../api/objects.ts';
import { startApiServer } from '../api/server.ts';
import type { Store } from '../api/store.ts';
import { keyOf, read } from '../cluster/access.ts';
import { startCluster } from '../cluster/cluster.ts';
import { hasFreeSubnet, isFree } from '../cluster/kubelet/addresses.ts';
import type { Deployment, Service } from '../cluster/shapes.ts';
import { type Listener, portTaken } from '../port-taken.ts';
import type { Serve } from '../served.ts';
import { apply } from './apply.ts';
import type { Placed } from './objects.ts';
import { withSettings } from './settings.ts';

/** What differs between two instances of a lab. */
export interface ManifestOptions {
  /** Where its first Service listens on 127.0.0.1; a further one listens on the next port. */
  port: number;
  /** Where each pod listens, on its own address. */
  containerPort: number;
  /** Where it may keep data. */
  directory: string;
}

/** A lab whose app runs on a practice cluster. */
export interface PracticeApp {
  namespace: string;
  /** The last step of its start, for a person who waits. */
  starting: string;
  manifest(options: ManifestOptions): Placed[];
}

const FIRST_CONTAINER_PORT = 8_080;
const LOOK_MS = 25;

/**
 * Starts a cluster, its API and an app in this process; resolves when all of the app's deployments are available and
 * its Services answer.
 */
export function practiceServer(app: PracticeApp): Serve {
  return async ({ lab, directory, port, settings }, notes, signal) => {
    const taken = await firstTaken(listenersOf(app.manifest({ port, containerPort: 0, directory })));
    if (taken !== undefined) return fail(portTaken(taken));
    if (!(await hasFreeSubnet())) return fail(noAddresses);
    notes.progress('starting the cluster');
    const { trouble: troubled, processes: processesChanged } = notes;
    const cluster = await startCluster({ directory, troubled, processesChanged });
    const { store, logs, usage } = cluster;
    const api = await startApiServer({ store, port: 0, directory, logs, usage, name: `aftershock-${lab}` });
    const stop = async (): Promise<void> => {
      await Promise.all([cluster.stop(), api.stop()]);
    };
    notes.progress(app.starting);
    const containerPort = await freeContainerPort(cluster.prefix);
    const manifest = withSettings(app.manifest({ port, containerPort, directory }), settings);
    apply(store, manifest);
    if (!(await available(store, manifest, signal))) {
      await stop();
      return fail(interrupted);
    }
    const { kubeconfigPath: kubeconfig, viewerKubeconfigPath: viewerKubeconfig } = api;
    const services = listenersOf(manifest).map(({ name, nodePort }) => ({ name, url: urlOf(nodePort) }));
    const state = {
      kubeconfig,
      viewerKubeconfig,
      namespace: app.namespace,
      url: urlOf(port),
      nodePort: port,
    };
    return ok({ state: { ...state, services }, stop });
  };
}

const urlOf = (port: number): string => `http://127.0.0.1:${port}`;

/** Every port that a manifest's Services open on 127.0.0.1. */
const listenersOf = (manifest: readonly Placed[]): Listener[] =>
  manifest
    .filter(({ resource }) => resource === 'services')
    .flatMap(({ object }) =>
      ((object as Service).spec.ports ?? []).flatMap(({ nodePort }) =>
        nodePort === undefined ? [] : [{ name: object.metadata.name, nodePort }],
      ),
    );

async function firstTaken(listeners: readonly Listener[]): Promise<Listener | undefined> {
  for (const listener of listeners) if (!(await isFree('127.0.0.1', listener.nodePort))) return listener;
  return undefined;
}

/** A port that no other program takes on all addresses, and so on the pods' too. */
async function freeContainerPort(prefix: string): Promise<number> {
  let port = FIRST_CONTAINER_PORT;
  while (!(await isFree(`${prefix}.0.1`, port))) port += 1;
  return port;
}

async function available(store: Store, manifest: readonly Placed[], signal: AbortSignal): Promise<boolean> {
  const deployments = manifest.filter(({ resource }) => resource === 'deployments');
  while (!signal.aborted) {
    const all = deployments.every(({ object }) => isAvailable(store, object));
    // The proxy opens a port a moment after the endpoints are there.
    if (all && (await allAccept(listenersOf(manifest)))) return true;
    await sleep(LOOK_MS, signal);
  }
  return false;
}

function isAvailable(store: Store, wanted: KubeObject): boolean {
  const deployment = read<Deployment>(store, keyOf('deployments', wanted));
  const ready = deployment?.status?.availableReplicas ?? 0;
  return deployment !== undefined && ready >= (deployment.spec.replicas ?? 1);
}

async function allAccept(listeners: readonly Listener[]): Promise<boolean> {
  const accepted = await Promise.all(listeners.map(({ nodePort }) => accepts(nodePort)));
  return accepted.every(Boolean);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

const noAddresses: Problem = {
  code: 'lab-failed',
  message: 'the lab cannot listen on loopback addresses such as 127.16.0.1, which its pods need',
  fix: 'Run it where all of 127.0.0.0/8 is loopback, as on any ordinary Linux (some sandboxes allow only 127.0.0.1).',
};

const interrupted: Problem = {
  code: 'lab-failed',
  message: 'the lab was told to end before its pods were available',
  fix: 'Start it again.',
};
