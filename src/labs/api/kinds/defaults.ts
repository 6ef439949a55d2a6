import type { KubeObject } from '../objects.ts';
import { dig, type Fields, fieldsOf, isFields, listOf, textOf } from '../values.ts';
import { podDefaults, templateDefaults } from './pods.ts';

/**
 * Fills in what the real API fills in, so that clients and controllers find it. Changes `object`.
 * Addresses and ports of Services are not given here (see addresses.ts): they need the other Services.
 */
export function fillDefaults(resource: string, object: KubeObject): void {
  DEFAULTS[resource]?.(object);
}

/** Sets the fields that are not there. */
function fill(into: Fields, defaults: Fields): void {
  for (const [name, value] of Object.entries(defaults)) into[name] ??= value;
}

/** The part of that name, made when it is not there. */
function part(of: Fields, name: string): Fields {
  if (!isFields(of[name])) of[name] = {};
  return fieldsOf(of[name]);
}

const DEFAULTS: Record<string, (object: KubeObject) => void> = {
  pods: podDefaults,
  deployments: deployment,
  replicasets: replicaSet,
  statefulsets: statefulSet,
  daemonsets: daemonSet,
  services: service,
  namespaces: namespace,
  secrets: secret,
};

function deployment(object: KubeObject): void {
  const spec = part(object, 'spec');
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  const strategy = part(spec, 'strategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] === 'RollingUpdate')
    fill(part(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' });
  templateDefaults(spec['template']);
}

function replicaSet(object: KubeObject): void {
  const spec = part(object, 'spec');
  fill(spec, { replicas: 1 });
  const labels = dig(spec, 'template', 'metadata', 'labels');
  if (isFields(labels)) object.metadata.labels ??= { ...(labels as Record<string, string>) };
  templateDefaults(spec['template']);
}

function statefulSet(object: KubeObject): void {
  const spec = part(object, 'spec');
  fill(spec, { replicas: 1, podManagementPolicy: 'OrderedReady', revisionHistoryLimit: 10 });
  fill(part(spec, 'updateStrategy'), { type: 'RollingUpdate', rollingUpdate: { partition: 0 } });
  templateDefaults(spec['template']);
}

function daemonSet(object: KubeObject): void {
  const spec = part(object, 'spec');
  const rollingUpdate = { maxUnavailable: 1, maxSurge: 0 };
  fill(spec, { revisionHistoryLimit: 10 });
  fill(part(spec, 'updateStrategy'), { type: 'RollingUpdate', rollingUpdate });
  templateDefaults(spec['template']);
}

function service(object: KubeObject): void {
  const spec = part(object, 'spec');
  fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  if (spec['type'] !== 'ExternalName')
    fill(spec, { internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
  if (['NodePort', 'LoadBalancer'].includes(textOf(spec['type'])))
    fill(spec, { externalTrafficPolicy: 'Cluster' });
  for (const port of listOf(spec['ports']).map(fieldsOf))
    fill(port, { protocol: 'TCP', targetPort: port['port'] });
  fill(object, { status: { loadBalancer: {} } });
}

function namespace(object: KubeObject): void {
  fill(part(object, 'spec'), { finalizers: ['kubernetes'] });
  fill(part(object, 'status'), { phase: 'Active' });
  object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
}

function secret(object: KubeObject): void {
  fill(object, { type: 'Opaque' });
  const given = Object.entries(fieldsOf(object['stringData']));
  if (given.length === 0) return;
  const encoded = given.map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]);
  object['data'] = { ...fieldsOf(object['data']), ...Object.fromEntries(encoded) };
  delete object['stringData'];
}
