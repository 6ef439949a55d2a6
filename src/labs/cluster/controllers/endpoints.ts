import type { KubeObject } from '../../api/objects.ts';
import type { Store } from '../../api/store.ts';
import {
  hasEnded,
  isReady,
  isTerminating,
  keyOf,
  newMetadata,
  ownerReference,
  read,
  readAll,
} from '../access.ts';
import { selects } from '../labels.ts';
import type { EndpointAddress, Endpoints, Pod, Service, ServicePort } from '../shapes.ts';
import { type Controller, loopKey, runLoop } from './controller.ts';

/**
 * Keeps each Service's Endpoints and EndpointSlice: pods that are ready and not terminating take traffic. A pod that
 * is deleted leaves at once, while its process still finishes its work.
 */
export function startEndpoints(store: Store): Controller {
  return runLoop(store, {
    concerns(change) {
      if (change.key.resource === 'services') return [loopKey(change.object)];
      if (change.key.resource !== 'pods') return [];
      const services = readAll<Service>(store, 'services', change.key.namespace);
      return services.filter((one) => touches(one, change.object, change.previous)).map(loopKey);
    },
    initially: () => readAll(store, 'services').map(loopKey),
    reconcile(namespace, name) {
      const service = read<Service>(store, { resource: 'services', namespace, name });
      if (service === undefined) forget(store, namespace, name);
      else if (service.spec.selector !== undefined) publish(store, service);
    },
  });
}

const chooses = (service: Service, pod: KubeObject | undefined): boolean =>
  pod !== undefined && selects({ matchLabels: service.spec.selector ?? {} }, pod.metadata.labels);

const touches = (service: Service, pod: KubeObject, previous: KubeObject | undefined): boolean =>
  chooses(service, pod) || chooses(service, previous);

const sliceName = (service: string): string => `${service}-slice`;

function forget(store: Store, namespace: string, name: string): void {
  store.remove({ resource: 'endpoints', namespace, name });
  store.remove({ resource: 'endpointslices', namespace, name: sliceName(name) });
}

function publish(store: Store, service: Service): void {
  const pods = readAll<Pod>(store, 'pods', service.metadata.namespace).filter(
    (pod) => chooses(service, pod) && pod.status?.podIP !== undefined && !hasEnded(pod),
  );
  put(store, 'endpoints', endpointsOf(service, pods));
  put(store, 'endpointslices', sliceOf(service, pods));
}

function put(store: Store, resource: string, object: KubeObject): void {
  const key = keyOf(resource, object);
  const before = store.get(key);
  if (before === undefined) store.create(key, object);
  else
    store.update(key, { ...object, metadata: { ...before.metadata, labels: object.metadata.labels ?? {} } });
}

function endpointsOf(service: Service, pods: Pod[]): Endpoints {
  const { name, namespace, labels = {} } = service.metadata;
  const living = pods.filter((pod) => !isTerminating(pod));
  const ready = living.filter(isReady).map(addressOf);
  const notReady = living.filter((pod) => !isReady(pod)).map(addressOf);
  const ports = (service.spec.ports ?? []).map((port) => portOf(port, living[0] ?? pods[0]));
  const subset = {
    ...(ready.length > 0 ? { addresses: ready } : {}),
    ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
    ports,
  };
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...newMetadata(name, namespace), labels },
    ...(living.length > 0 ? { subsets: [subset] } : {}),
  };
}

function addressOf(pod: Pod): EndpointAddress {
  const { name, namespace = '', uid } = pod.metadata;
  return {
    ip: pod.status?.podIP ?? '',
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

/** A port of a Service as a number; a named target port is looked up in the pod's containers. */
function portOf(port: ServicePort, pod: Pod | undefined): { name?: string; port: number; protocol: string } {
  const target = port.targetPort ?? port.port;
  const named = pod?.spec.containers.flatMap((one) => one.ports ?? []).find((one) => one.name === target);
  const number =
    typeof target === 'number' ? target : (named?.containerPort ?? (Number(target) || port.port));
  return { ...(port.name ? { name: port.name } : {}), port: number, protocol: port.protocol ?? 'TCP' };
}

function sliceOf(service: Service, pods: Pod[]): KubeObject {
  const { name, namespace, labels = {} } = service.metadata;
  const endpoints = pods.map((pod) => {
    const serving = isReady(pod);
    const terminating = isTerminating(pod);
    const { ip, ...rest } = addressOf(pod);
    return { addresses: [ip], conditions: { ready: serving && !terminating, serving, terminating }, ...rest };
  });
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...newMetadata(sliceName(name), namespace),
      labels: { ...labels, 'kubernetes.io/service-name': name },
      ownerReferences: [ownerReference(service)],
    },
    addressType: 'IPv4',
    endpoints,
    ports: (service.spec.ports ?? []).map((port) => ({ name: '', ...portOf(port, pods[0]) })),
  };
}
