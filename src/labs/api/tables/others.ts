import type { KubeObject } from '../objects.ts';
import { dig, fieldsOf, listOf, numberOf, textOf } from '../values.ts';
import { age } from './age.ts';
import { AGE, type Layout, NAME, short, wide } from './column.ts';
import { condition } from './pods.ts';

const created = (object: KubeObject): string => age(object.metadata.creationTimestamp);
const count = (value: unknown): number => Object.keys(fieldsOf(value)).length;
const DATA = short('Data');

export const CONFIG_MAPS: Layout = {
  columns: [NAME, DATA, AGE],
  cells: (one) => [one.metadata.name, count(one['data']) + count(one['binaryData']), created(one)],
};

export const SECRETS: Layout = {
  columns: [NAME, short('Type'), short('Data', { type: 'integer', format: 'int64' }), AGE],
  cells: (one) => [one.metadata.name, textOf(one['type']), count(one['data']), created(one)],
};

export const SERVICE_ACCOUNTS: Layout = {
  columns: [NAME, short('Secrets'), AGE],
  cells: (one) => [one.metadata.name, listOf(one['secrets']).length, created(one)],
};

export const NAMESPACES: Layout = {
  columns: [NAME, short('Status'), AGE],
  cells: (one) => [one.metadata.name, textOf(dig(one, 'status', 'phase')), created(one)],
};

export const API_SERVICES: Layout = {
  columns: [NAME, short('Service'), short('Available'), AGE],
  cells: (one) => [one.metadata.name, serviceOf(one), availability(one), created(one)],
};

function serviceOf(one: KubeObject): string {
  const service = fieldsOf(dig(one, 'spec', 'service'));
  const { namespace, name } = service;
  return name === undefined ? 'Local' : `${textOf(namespace)}/${textOf(name)}`;
}

function availability(one: KubeObject): string {
  const { status = 'Unknown', reason } = condition(one['status'], 'Available') ?? {};
  return status === 'True' ? 'True' : `${textOf(status)} (${textOf(reason)})`;
}

export const LEASES: Layout = {
  columns: [NAME, short('Holder'), AGE],
  cells: (one) => [one.metadata.name, textOf(dig(one, 'spec', 'holderIdentity')), created(one)],
};

export const NODES: Layout = {
  columns: [
    NAME,
    short('Status'),
    short('Roles'),
    AGE,
    short('Version'),
    wide('Internal-IP'),
    wide('External-IP'),
    wide('OS-Image'),
    wide('Kernel-Version'),
    wide('Container-Runtime'),
  ],
  cells: (one) => [
    one.metadata.name,
    nodeStatus(one),
    roles(one),
    created(one),
    info(one, 'kubeletVersion'),
    address(one, 'InternalIP'),
    address(one, 'ExternalIP'),
    info(one, 'osImage') || '<unknown>',
    info(one, 'kernelVersion') || '<unknown>',
    info(one, 'containerRuntimeVersion') || '<unknown>',
  ],
};

const info = (node: KubeObject, field: string): string => textOf(dig(node, 'status', 'nodeInfo', field));

function nodeStatus(node: KubeObject): string {
  const ready = condition(node['status'], 'Ready');
  const words = [ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady'];
  if (dig(node, 'spec', 'unschedulable') === true) words.push('SchedulingDisabled');
  return words.join(',');
}

function roles(node: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const found = Object.keys(node.metadata.labels ?? {}).filter((label) => label.startsWith(prefix));
  return (
    found
      .map((label) => label.slice(prefix.length))
      .sort()
      .join(',') || '<none>'
  );
}

function address(node: KubeObject, type: string): string {
  const all = listOf(dig(node, 'status', 'addresses')).map(fieldsOf);
  return textOf(all.find((one) => one['type'] === type)?.['address']) || '<none>';
}

export const EVENTS: Layout = {
  columns: [
    short('Last Seen'),
    short('Type'),
    short('Reason'),
    short('Object'),
    wide('Subobject'),
    wide('Source'),
    short('Message'),
    wide('First Seen'),
    wide('Count'),
    short('Name', { format: 'name', priority: 1 }),
  ],
  cells: (one) => {
    const about = dig(one, 'involvedObject');
    const first = textOf(one['firstTimestamp']) || textOf(one['eventTime']);
    const last = textOf(dig(one, 'series', 'lastObservedTime')) || textOf(one['lastTimestamp']) || first;
    return [
      age(last),
      textOf(one['type']),
      textOf(one['reason']),
      `${textOf(dig(about, 'kind')).toLowerCase()}/${textOf(dig(about, 'name'))}`,
      textOf(dig(about, 'fieldPath')),
      source(one),
      textOf(one['message']).trim(),
      age(first),
      numberOf(dig(one, 'series', 'count')) || numberOf(one['count'], 1),
      one.metadata.name,
    ];
  },
};

function source(event: KubeObject): string {
  const component = textOf(dig(event, 'source', 'component')) || textOf(event['reportingComponent']);
  const host = textOf(dig(event, 'source', 'host')) || textOf(event['reportingInstance']);
  return host === '' ? component : `${component}, ${host}`;
}
