import { join } from 'node:path';
import { appOf, configMapOf, fromConfigMap, namespaceOf, type Placed } from '../practice/objects.ts';
import type { ManifestOptions } from '../practice/serve.ts';

export const NAMESPACE = 'poll-app';
const SETTINGS = 'poll-settings';
const BACKEND_CORES = 0.5;

/** A program of ours takes 90 MiB when idle and under 180 MiB at the most that two cores can send it. */
const MEMORY = { request: '128Mi', limit: '384Mi' };
const resources = (cores: number) => ({
  requests: { cpu: '100m', memory: MEMORY.request },
  limits: { cpu: `${cores * 1000}m`, memory: MEMORY.limit },
});

/** The poll app: two backends that share one file of votes, and two frontends before their Service. */
export function manifest({ port, containerPort, directory }: ManifestOptions): Placed[] {
  const settings = { VOTES_DB: join(directory, 'votes.db'), BACKEND_URL: `http://127.0.0.1:${port}` };
  const common = { namespace: NAMESPACE, replicas: 2, containerPort };
  return [
    namespaceOf(NAMESPACE),
    configMapOf(SETTINGS, NAMESPACE, settings),
    ...appOf({
      ...common,
      name: 'poll-backend',
      labels: { app: 'poll-backend' },
      container: 'backend',
      image: 'practice/poll-backend:1',
      env: [fromConfigMap(SETTINGS, 'VOTES_DB'), { name: 'CPU_LIMIT', value: String(BACKEND_CORES) }],
      resources: resources(BACKEND_CORES),
      nodePort: port,
    }),
    // The Service's cluster address is a number only: from a pod, a Service is reached by its NodePort.
    ...appOf({
      ...common,
      name: 'poll-frontend',
      labels: { app: 'poll-frontend' },
      container: 'frontend',
      image: 'practice/poll-frontend:1',
      env: [fromConfigMap(SETTINGS, 'BACKEND_URL')],
      resources: resources(1),
      nodePort: port + 1,
    }),
  ];
}
