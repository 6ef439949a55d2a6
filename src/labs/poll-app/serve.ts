import { connect } from 'node:net';
import { join } from 'node:path';
import { fail, ok, type Problem } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { startApiServer } from '../api/server.ts';
import { type Cluster, startCluster } from '../cluster/cluster.ts';
import { hasFreeSubnet, isFree } from '../cluster/kubelet/addresses.ts';
import type { Deployment } from '../cluster/shapes.ts';
import type { Serve } from '../served.ts';
import { applyPollApp } from './apply.ts';
import { BACKEND, NAMESPACE } from './manifest.ts';

const FIRST_CONTAINER_PORT = 8_080;
const LOOK_MS = 25;

/** Starts the cluster, its API and the poll app in this process; resolves when both backends are available. */
export const servePollApp: Serve = async ({ directory, port }, notes, signal) => {
  if (!(await isFree('127.0.0.1', port))) return fail(portTaken(port));
  if (!(await hasFreeSubnet())) return fail(noAddresses);
  notes.progress('starting the cluster');
  const cluster = await startCluster({
    directory,
    troubled: notes.trouble,
    processesChanged: notes.processes,
  });
  const { store, logs } = cluster;
  const api = await startApiServer({ store, port: 0, directory, logs, name: 'aftershock-poll-app' });
  const stop = async (): Promise<void> => {
    await Promise.all([cluster.stop(), api.stop()]);
  };
  notes.progress('starting two backends');
  const containerPort = await freeContainerPort(cluster.prefix);
  applyPollApp(store, { nodePort: port, containerPort, votes: join(directory, 'votes.db') });
  if (!(await available(cluster, port, signal))) {
    await stop();
    return fail(interrupted);
  }
  return ok({
    state: {
      kubeconfig: api.kubeconfigPath,
      viewerKubeconfig: api.viewerKubeconfigPath,
      namespace: NAMESPACE,
      url: `http://127.0.0.1:${port}`,
      nodePort: port,
    },
    stop,
  });
};

/** A port that no other program takes on all addresses, and so on the pods' too. */
async function freeContainerPort(prefix: string): Promise<number> {
  let port = FIRST_CONTAINER_PORT;
  while (!(await isFree(`${prefix}.0.1`, port))) port += 1;
  return port;
}

async function available({ store }: Cluster, port: number, signal: AbortSignal): Promise<boolean> {
  const key = { resource: 'deployments', namespace: NAMESPACE, name: BACKEND };
  while (!signal.aborted) {
    const deployment = store.get(key) as Deployment | undefined;
    const ready = deployment?.status?.availableReplicas ?? 0;
    const all = deployment !== undefined && ready >= (deployment.spec.replicas ?? 1);
    // The proxy opens the port a moment after the endpoints are there.
    if (all && (await accepts(port))) return true;
    await sleep(LOOK_MS, signal);
  }
  return false;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

const portTaken = (port: number): Problem => ({
  code: 'lab-failed',
  message: `another program listens on 127.0.0.1:${port}, where the lab's app should`,
  fix: `End that program (\`ss -ltnp 'sport = :${port}'\` shows it), or choose another port with --port.`,
});

const noAddresses: Problem = {
  code: 'lab-failed',
  message: 'the lab cannot listen on loopback addresses such as 127.16.0.1, which its pods need',
  fix: 'Run it where all of 127.0.0.0/8 is loopback, as on any ordinary Linux (some sandboxes allow only 127.0.0.1).',
};

const interrupted: Problem = {
  code: 'lab-failed',
  message: 'the lab was told to end before its backends were available',
  fix: 'Start it again.',
};
