import type { KubeObject } from '../objects.ts';
import { dig, listOf, textOf } from '../values.ts';
import { age } from './age.ts';
import { AGE, type Layout, NAME, short, wide } from './column.ts';
import { labelText } from './workloads.ts';

export const SERVICES: Layout = {
  columns: [
    NAME,
    short('Type'),
    short('Cluster-IP'),
    short('External-IP'),
    short('Port(s)'),
    AGE,
    wide('Selector'),
  ],
  cells: (one) => [
    one.metadata.name,
    textOf(dig(one, 'spec', 'type')),
    textOf(dig(one, 'spec', 'clusterIP')) || '<none>',
    externalAddress(one),
    listOf(dig(one, 'spec', 'ports'))
      .map(portText)
      .join(',') || '<none>',
    age(one.metadata.creationTimestamp),
    labelText(dig(one, 'spec', 'selector')),
  ],
};

function externalAddress(service: KubeObject): string {
  const type = dig(service, 'spec', 'type');
  if (type === 'ExternalName') return textOf(dig(service, 'spec', 'externalName'));
  const given = listOf(dig(service, 'spec', 'externalIPs')).join(',');
  if (type !== 'LoadBalancer') return given || '<none>';
  const ingress = listOf(dig(service, 'status', 'loadBalancer', 'ingress'));
  const addresses = ingress.map((one) => textOf(dig(one, 'ip')) || textOf(dig(one, 'hostname')));
  return [...addresses, given].filter((one) => one !== '').join(',') || '<pending>';
}

function portText(port: unknown): string {
  const node = dig(port, 'nodePort');
  const protocol = textOf(dig(port, 'protocol')) || 'TCP';
  return `${dig(port, 'port')}${node ? `:${node}` : ''}/${protocol}`;
}

export const ENDPOINTS: Layout = {
  columns: [NAME, short('Endpoints'), AGE],
  cells: (one) => [
    one.metadata.name,
    shortened(listOf(one['subsets']).flatMap(subsetAddresses)),
    age(one.metadata.creationTimestamp),
  ],
};

function subsetAddresses(subset: unknown): string[] {
  const ips = listOf(dig(subset, 'addresses')).map((one) => textOf(dig(one, 'ip')));
  const ports = listOf(dig(subset, 'ports')).map((one) => dig(one, 'port'));
  if (ports.length === 0) return ips;
  return ports.flatMap((port) => ips.map((ip) => `${ip}:${port}`));
}

export const ENDPOINT_SLICES: Layout = {
  columns: [NAME, short('AddressType'), short('Ports'), short('Endpoints'), AGE],
  cells: (one) => [
    one.metadata.name,
    textOf(one['addressType']),
    shortened(
      listOf(one['ports']).map((port) => String(dig(port, 'port') ?? '*')),
      '<unset>',
    ),
    shortened(
      listOf(one['endpoints']).flatMap((endpoint) => listOf(dig(endpoint, 'addresses')).map(String)),
      '<unset>',
    ),
    age(one.metadata.creationTimestamp),
  ],
};

/** The first three, and how many more there are. */
function shortened(all: string[], none = '<none>'): string {
  if (all.length === 0) return none;
  const rest = all.length - 3;
  return rest > 0 ? `${all.slice(0, 3).join(',')} + ${rest} more...` : all.join(',');
}
