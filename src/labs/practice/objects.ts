import type { KubeObject } from '../api/objects.ts';
import { newMetadata } from '../cluster/access.ts';
import type { Container, Deployment, EnvVar, Service } from '../cluster/shapes.ts';

/** An object of a lab's manifest with the resource it is. */
export interface Placed {
  resource: string;
  object: KubeObject;
}

export const namespaceOf = (name: string): Placed => ({
  resource: 'namespaces',
  object: { apiVersion: 'v1', kind: 'Namespace', metadata: newMetadata(name) },
});

export const configMapOf = (name: string, namespace: string, data: Record<string, string>): Placed => ({
  resource: 'configmaps',
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: newMetadata(name, namespace), data },
});

/** A deployment of one of the labs' own programs, and the NodePort Service in front of it. */
export interface AppOptions {
  name: string;
  namespace: string;
  labels: Record<string, string>;
  replicas: number;
  container: string;
  image: string;
  env?: EnvVar[];
  resources: Container['resources'];
  /** Where each pod listens, on its own address. */
  containerPort: number;
  /** Where the Service listens on 127.0.0.1. */
  nodePort: number;
}

export const appOf = (options: AppOptions): Placed[] => [
  { resource: 'deployments', object: deployment(options) },
  { resource: 'services', object: service(options) },
];

const deployment = (options: AppOptions): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { ...newMetadata(options.name, options.namespace), labels: options.labels },
  spec: {
    replicas: options.replicas,
    selector: { matchLabels: options.labels },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: {
      metadata: { labels: options.labels },
      spec: { terminationGracePeriodSeconds: 5, containers: [container(options)] },
    },
  },
});

function container({ container: name, image, env = [], resources, containerPort }: AppOptions): Container {
  const probe = (path: string) => ({
    httpGet: { path, port: 'http' },
    timeoutSeconds: 1,
    successThreshold: 1,
  });
  return {
    name,
    image,
    ports: [{ name: 'http', containerPort, protocol: 'TCP' }],
    env,
    ...(resources === undefined ? {} : { resources }),
    readinessProbe: { ...probe('/readyz'), periodSeconds: 1, failureThreshold: 3 },
    livenessProbe: { ...probe('/healthz'), periodSeconds: 5, failureThreshold: 3 },
  };
}

const service = ({ name, namespace, labels, nodePort }: AppOptions): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { ...newMetadata(name, namespace), labels },
  spec: {
    type: 'NodePort',
    selector: labels,
    ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 'http', nodePort }],
  },
});

/** A variable that stands in a ConfigMap under its own name. */
export const fromConfigMap = (map: string, name: string): EnvVar => ({
  name,
  valueFrom: { configMapKeyRef: { name: map, key: name } },
});
