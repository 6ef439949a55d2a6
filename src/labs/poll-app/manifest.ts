import type { KubeObject } from '../api/objects.ts';
import { newMetadata } from '../cluster/access.ts';
import type { Container, Deployment, Service } from '../cluster/shapes.ts';

export const NAMESPACE = 'poll-app';
export const BACKEND = 'poll-backend';

const LABELS = { app: BACKEND };

/** What differs between two instances of the lab. */
export interface ManifestOptions {
  nodePort: number;
  /** Where each pod listens, on its own address. */
  containerPort: number;
  /** The file of all votes. */
  votes: string;
}

/** The poll app: its namespace, its settings, two backends and their Service, each under its resource name. */
export function manifest(options: ManifestOptions): { resource: string; object: KubeObject }[] {
  return [
    {
      resource: 'namespaces',
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: newMetadata(NAMESPACE) },
    },
    { resource: 'configmaps', object: settings(options.votes) },
    { resource: 'deployments', object: deployment(options.containerPort) },
    { resource: 'services', object: service(options) },
  ];
}

const settings = (votes: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: newMetadata('poll-settings', NAMESPACE),
  data: { VOTES_DB: votes },
});

function container(containerPort: number): Container {
  const probe = (path: string) => ({
    httpGet: { path, port: 'http' },
    timeoutSeconds: 1,
    successThreshold: 1,
  });
  return {
    name: 'backend',
    image: 'practice/poll-backend:1',
    ports: [{ name: 'http', containerPort, protocol: 'TCP' }],
    env: [{ name: 'VOTES_DB', valueFrom: { configMapKeyRef: { name: 'poll-settings', key: 'VOTES_DB' } } }],
    readinessProbe: { ...probe('/readyz'), periodSeconds: 1, failureThreshold: 3 },
    livenessProbe: { ...probe('/healthz'), periodSeconds: 5, failureThreshold: 3 },
  };
}

const deployment = (containerPort: number): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { ...newMetadata(BACKEND, NAMESPACE), labels: LABELS },
  spec: {
    replicas: 2,
    selector: { matchLabels: LABELS },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: {
      metadata: { labels: LABELS },
      spec: { terminationGracePeriodSeconds: 5, containers: [container(containerPort)] },
    },
  },
});

const service = ({ nodePort }: ManifestOptions): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { ...newMetadata(BACKEND, NAMESPACE), labels: LABELS },
  spec: {
    type: 'NodePort',
    selector: LABELS,
    ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 'http', nodePort }],
  },
});
