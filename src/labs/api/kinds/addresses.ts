import type { KubeObject } from '../objects.ts';
import type { Cause } from '../status.ts';
import type { Store } from '../store.ts';
import { dig, type Fields, fieldsOf, listOf, numberOf, textOf } from '../values.ts';

const NODE_PORTS = { first: 30_000, last: 32_767 };
const RANGE = 'The range of valid ports is 30000-32767';

/**
 * Gives a Service its cluster address (10.96.x.y) and its node ports, keeping those it had. Changes `service`.
 * Returns what is wrong with the ones that were asked for.
 */
export function allocate(store: Store, service: KubeObject, before: KubeObject | undefined): Cause[] {
  const spec = fieldsOf(service['spec']);
  if (spec['type'] === 'ExternalName') return [];
  const others = store.list('services').filter((one) => !isSame(one, service));
  giveAddress(spec, { before: fieldsOf(before?.['spec']), others });
  if (!['NodePort', 'LoadBalancer'].includes(textOf(spec['type']))) {
    dropNodePorts(spec);
    return [];
  }
  return giveNodePorts(spec, { before: fieldsOf(before?.['spec']), others });
}

interface Around {
  before: Fields;
  others: KubeObject[];
}

const isSame = (a: KubeObject, b: KubeObject): boolean =>
  a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;

function giveAddress(spec: Fields, { before, others }: Around): void {
  spec['clusterIP'] ||= before['clusterIP'] ?? freeAddress(others);
  spec['clusterIPs'] = [spec['clusterIP']];
}

/** The lowest address that no Service has; 10.96.0.1 is for the API itself. */
function freeAddress(others: KubeObject[]): string {
  const taken = new Set(others.map((one) => dig(one, 'spec', 'clusterIP')));
  let number = 1;
  while (taken.has(addressOf(number))) number += 1;
  return addressOf(number);
}

const addressOf = (number: number): string => `10.96.${number >> 8}.${number & 255}`;

function dropNodePorts(spec: Fields): void {
  for (const port of listOf(spec['ports']).map(fieldsOf)) delete port['nodePort'];
}

function giveNodePorts(spec: Fields, { before, others }: Around): Cause[] {
  const taken = new Set(
    others.flatMap((one) => listOf(dig(one, 'spec', 'ports')).map((port) => dig(port, 'nodePort'))),
  );
  const wrong: Cause[] = [];
  for (const [index, port] of listOf(spec['ports']).map(fieldsOf).entries()) {
    port['nodePort'] ||= earlierPort(before, port) ?? freePort(taken);
    const number = numberOf(port['nodePort']);
    const outside = number < NODE_PORTS.first || number > NODE_PORTS.last;
    const why = outside
      ? `provided port is not in the valid range. ${RANGE}`
      : 'provided port is already allocated';
    if (outside || taken.has(number)) wrong.push(nodePortCause(index, number, why));
    taken.add(number);
  }
  return wrong;
}

const nodePortCause = (index: number, number: number, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${number}: ${why}`,
  field: `spec.ports[${index}].nodePort`,
});

function earlierPort(before: Fields, port: Fields): unknown {
  const same = listOf(before['ports'])
    .map(fieldsOf)
    .find((one) => one['port'] === port['port'] && one['protocol'] === port['protocol']);
  return same?.['nodePort'];
}

function freePort(taken: Set<unknown>): number {
  let port = NODE_PORTS.first;
  while (taken.has(port)) port += 1;
  return port;
}
