import { cpuQuantity, memoryQuantity, quantityOf } from '../../../reach/kubernetes/quantity.ts';
import type { KubeObject } from '../objects.ts';
import { dig, listOf, textOf } from '../values.ts';
import { type Layout, NAME, short } from './column.ts';

/** PodMetrics and NodeMetrics, as metrics-server prints them. */
export const MEASUREMENTS: Layout = {
  columns: [NAME, short('cpu'), short('memory'), short('window')],
  cells: (one) => [one.metadata.name, total(one, 'cpu'), total(one, 'memory'), textOf(one['window'])],
};

/** What all containers of a pod use, or what the node uses. */
function total(one: KubeObject, resource: 'cpu' | 'memory'): string {
  const parts = [one, ...listOf(one['containers'])].map((part) => dig(part, 'usage', resource));
  const sum = parts.reduce((so: number, part) => so + (quantityOf(part) ?? 0), 0);
  return resource === 'cpu' ? cpuQuantity(sum) : memoryQuantity(sum);
}
