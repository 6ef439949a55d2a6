import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import type { Cause } from '../status.ts';
import { dig, fieldsOf, listOf, textOf } from '../values.ts';
import { required, wrong } from './causes.ts';
import { labelCauses, nameCauses } from './names.ts';
import { podSpecCauses } from './podspec.ts';

/** What is wrong with an object, in the API's words; `before` is the object that it replaces. */
export function causesOf(resource: Resource, object: KubeObject, before?: KubeObject): Cause[] {
  const own = CHECKS[resource.plural]?.(object) ?? [];
  const changed = before === undefined ? [] : immutableCauses(resource, object, before);
  return [...nameCauses(resource, object), ...labelCauses(object), ...own, ...changed];
}

const CHECKS: Record<string, (object: KubeObject) => Cause[]> = {
  pods: (object) => podSpecCauses(object['spec'], 'spec'),
  deployments: workload,
  replicasets: workload,
  statefulsets: workload,
  daemonsets: workload,
  services: service,
};

function workload(object: KubeObject): Cause[] {
  const replicas = dig(object, 'spec', 'replicas');
  const selector = dig(object, 'spec', 'selector', 'matchLabels');
  const labels = fieldsOf(dig(object, 'spec', 'template', 'metadata', 'labels'));
  const causes: Cause[] = [];
  if (typeof replicas === 'number' && replicas < 0)
    causes.push(wrong('spec.replicas', replicas, 'must be greater than or equal to 0'));
  if (selector === undefined && dig(object, 'spec', 'selector', 'matchExpressions') === undefined)
    causes.push(required('spec.selector'));
  const chosen = Object.entries(fieldsOf(selector)).every(([key, value]) => labels[key] === value);
  if (!chosen)
    causes.push(
      wrong('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    );
  const policy = dig(object, 'spec', 'template', 'spec', 'restartPolicy');
  if (policy !== undefined && policy !== 'Always') causes.push(onlyAlways(String(policy)));
  return [...causes, ...podSpecCauses(dig(object, 'spec', 'template', 'spec'), 'spec.template.spec')];
}

const onlyAlways = (policy: string): Cause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: "${policy}": supported values: "Always"`,
  field: 'spec.template.spec.restartPolicy',
});

function service(object: KubeObject): Cause[] {
  const spec = fieldsOf(object['spec']);
  const ports = listOf(spec['ports']);
  const needsPorts = spec['type'] !== 'ExternalName' && spec['clusterIP'] !== 'None';
  if (needsPorts && ports.length === 0) return [required('spec.ports')];
  return ports.flatMap((port, index) => [
    ...portCauses(dig(port, 'port'), `spec.ports[${index}].port`),
    ...(ports.length > 1 && textOf(dig(port, 'name')) === '' ? [required(`spec.ports[${index}].name`)] : []),
  ]);
}

const portCauses = (port: unknown, field: string): Cause[] =>
  typeof port === 'number' && port >= 1 && port <= 65_535
    ? []
    : [wrong(field, port ?? 0, 'must be between 1 and 65535, inclusive')];

const IMMUTABLE: Record<string, string[][]> = {
  deployments: [['spec', 'selector']],
  replicasets: [['spec', 'selector']],
  statefulsets: [
    ['spec', 'selector'],
    ['spec', 'serviceName'],
  ],
  daemonsets: [['spec', 'selector']],
};

function immutableCauses(resource: Resource, object: KubeObject, before: KubeObject): Cause[] {
  if (resource.plural === 'pods') return podChangeCauses(object, before);
  const changed = (IMMUTABLE[resource.plural] ?? []).filter(
    (path) => !isDeepStrictEqual(dig(object, ...path), dig(before, ...path)),
  );
  return changed.map((path) =>
    wrong(path.join('.'), JSON.stringify(dig(object, ...path)), 'field is immutable'),
  );
}

const POD_MAY_CHANGE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function podChangeCauses(object: KubeObject, before: KubeObject): Cause[] {
  if (isDeepStrictEqual(fixedPart(object), fixedPart(before))) return [];
  return [{ reason: 'FieldValueForbidden', message: `Forbidden: ${POD_MAY_CHANGE}`, field: 'spec' }];
}

function fixedPart(pod: KubeObject): unknown {
  const { tolerations: _, activeDeadlineSeconds: __, ...spec } = fieldsOf(pod['spec']);
  const bare = (list: unknown) =>
    listOf(list).map((one) => ({ ...fieldsOf(one), image: '', imagePullPolicy: '' }));
  return { ...spec, containers: bare(spec['containers']), initContainers: bare(spec['initContainers']) };
}
