import type { KubeObject } from '../objects.ts';
import { dig, type Fields, fieldsOf, isFields, listOf, textOf } from '../values.ts';

function fill(into: Fields, defaults: Fields): void {
  for (const [name, value] of Object.entries(defaults)) into[name] ??= value;
}

const toleration = (key: string) => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
});
const TOLERATED = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

const CONTAINER_LISTS = ['containers', 'initContainers'];

/** What a pod gets when it is made: the defaults of its spec, and what admission adds. Changes `pod`. */
export function podDefaults(pod: KubeObject): void {
  const spec = fieldsOf(pod['spec']);
  specDefaults(spec);
  for (const list of CONTAINER_LISTS) {
    for (const container of listOf(spec[list]).filter(isFields)) requestDefaults(container);
  }
  fill(spec, { serviceAccountName: 'default', priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
  fill(spec, { serviceAccount: spec['serviceAccountName'] });
  const given = listOf(spec['tolerations']);
  const keys = new Set(given.map((one) => dig(one, 'key')));
  const missing = TOLERATED.filter((key) => !keys.has(key) && !keys.has(undefined));
  if (given.length === 0 || missing.length > 0) spec['tolerations'] = [...given, ...missing.map(toleration)];
}

/** The defaults of the pod template of a Deployment and its like. Changes `template`. */
export function templateDefaults(template: unknown): void {
  const spec = dig(template, 'spec');
  if (isFields(spec)) specDefaults(spec);
}

function specDefaults(spec: Fields): void {
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    enableServiceLinks: true,
  });
  if (spec['serviceAccountName'] !== undefined) fill(spec, { serviceAccount: spec['serviceAccountName'] });
  for (const list of CONTAINER_LISTS) {
    for (const container of listOf(spec[list]).filter(isFields)) containerDefaults(container);
  }
  for (const volume of listOf(spec['volumes']).filter(isFields)) volumeDefaults(volume);
}

function containerDefaults(container: Fields): void {
  fill(container, {
    imagePullPolicy: pullPolicy(textOf(container['image'])),
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  for (const port of listOf(container['ports']).filter(isFields)) fill(port, { protocol: 'TCP' });
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) probeDefaults(container[probe]);
  for (const variable of listOf(container['env'])) {
    const reference = dig(variable, 'valueFrom', 'fieldRef');
    if (isFields(reference)) fill(reference, { apiVersion: 'v1' });
  }
}

/** What a container limits, it also requests. The API does so to pods alone: a template stays as it was written. */
function requestDefaults(container: Fields): void {
  const limits = dig(container, 'resources', 'limits');
  const resources = fieldsOf(container['resources']);
  if (isFields(limits)) resources['requests'] = { ...limits, ...fieldsOf(resources['requests']) };
}

function probeDefaults(probe: unknown): void {
  if (!isFields(probe)) return;
  fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  if (isFields(probe['httpGet'])) fill(probe['httpGet'], { path: '/', scheme: 'HTTP' });
}

function volumeDefaults(volume: Fields): void {
  for (const source of ['configMap', 'secret', 'projected', 'downwardAPI']) {
    const found = volume[source];
    if (isFields(found)) fill(found, { defaultMode: 0o644 });
  }
  if (isFields(volume['hostPath'])) fill(volume['hostPath'], { type: '' });
}

/** An image with no tag, or with `latest`, is pulled anew each time. */
function pullPolicy(image: string): string {
  const tag = /:([^:/]+)$/.exec(image.split('@')[0] ?? '')?.[1];
  return image.includes('@') || (tag !== undefined && tag !== 'latest') ? 'IfNotPresent' : 'Always';
}

/** The status that a new pod begins with. */
export const newPodStatus = (pod: KubeObject): Fields => ({ phase: 'Pending', qosClass: qosClass(pod) });

/** Guaranteed, Burstable or BestEffort, by the requests and limits of the containers. */
function qosClass(pod: KubeObject): string {
  const containers = [
    ...listOf(dig(pod, 'spec', 'containers')),
    ...listOf(dig(pod, 'spec', 'initContainers')),
  ];
  const asked = containers.map((one) => ({
    limits: fieldsOf(dig(one, 'resources', 'limits')),
    requests: fieldsOf(dig(one, 'resources', 'requests')),
  }));
  const some = asked.some(({ limits, requests }) => Object.keys({ ...limits, ...requests }).length > 0);
  if (!some) return 'BestEffort';
  const full = asked.every(({ limits, requests }) =>
    ['cpu', 'memory'].every((of) => limits[of] !== undefined && limits[of] === requests[of]),
  );
  return full ? 'Guaranteed' : 'Burstable';
}
