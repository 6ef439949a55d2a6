import type { KubeObject } from '../objects.ts';
import { dig, listOf, numberOf, textOf } from '../values.ts';
import { age } from './age.ts';
import { AGE, type Cell, type Column, type Layout, NAME, short, wide } from './column.ts';

const number = (name: string): Column => short(name, { type: 'integer', format: 'int32' });
const WIDE = [wide('Containers'), wide('Images'), wide('Selector')];

const created = (object: KubeObject): string => age(object.metadata.creationTimestamp);
const spec = (object: KubeObject, field: string): number => numberOf(dig(object, 'spec', field));
const status = (object: KubeObject, field: string): number => numberOf(dig(object, 'status', field));

export const DEPLOYMENTS: Layout = {
  columns: [NAME, short('Ready'), number('Up-to-date'), number('Available'), AGE, ...WIDE],
  cells: (one) => [
    one.metadata.name,
    `${status(one, 'readyReplicas')}/${spec(one, 'replicas')}`,
    status(one, 'updatedReplicas'),
    status(one, 'availableReplicas'),
    created(one),
    ...template(one),
  ],
};

export const REPLICA_SETS: Layout = {
  columns: [NAME, number('Desired'), number('Current'), number('Ready'), AGE, ...WIDE],
  cells: (one) => [
    one.metadata.name,
    spec(one, 'replicas'),
    status(one, 'replicas'),
    status(one, 'readyReplicas'),
    created(one),
    ...template(one),
  ],
};

export const STATEFUL_SETS: Layout = {
  columns: [NAME, short('Ready'), AGE, wide('Containers'), wide('Images')],
  cells: (one) => [
    one.metadata.name,
    `${status(one, 'readyReplicas')}/${spec(one, 'replicas')}`,
    created(one),
    ...template(one).slice(0, 2),
  ],
};

export const DAEMON_SETS: Layout = {
  columns: [
    NAME,
    number('Desired'),
    number('Current'),
    number('Ready'),
    number('Up-to-date'),
    number('Available'),
    short('Node Selector'),
    AGE,
    ...WIDE,
  ],
  cells: (one) => [
    one.metadata.name,
    status(one, 'desiredNumberScheduled'),
    status(one, 'currentNumberScheduled'),
    status(one, 'numberReady'),
    status(one, 'updatedNumberScheduled'),
    status(one, 'numberAvailable'),
    labelText(dig(one, 'spec', 'template', 'spec', 'nodeSelector')),
    created(one),
    ...template(one),
  ],
};

function template(object: KubeObject): Cell[] {
  const containers = listOf(dig(object, 'spec', 'template', 'spec', 'containers'));
  const names = containers.map((one) => textOf(dig(one, 'name'))).join(',');
  const images = containers.map((one) => textOf(dig(one, 'image'))).join(',');
  return [names, images, selectorText(dig(object, 'spec', 'selector'))];
}

/** A label selector as the API prints it: `a=b,c in (d,e)`. */
export function selectorText(selector: unknown): string {
  const labels = Object.entries(dig(selector, 'matchLabels') ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = listOf(dig(selector, 'matchExpressions')).map(expressionText);
  return [...labels, ...expressions].sort().join(',') || '<none>';
}

function expressionText(expression: unknown): string {
  const key = textOf(dig(expression, 'key'));
  const operator = textOf(dig(expression, 'operator'));
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator.toLowerCase()} (${listOf(dig(expression, 'values')).join(',')})`;
}

/** A map of labels as `a=b,c=d`, or `<none>`. */
export function labelText(labels: unknown): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(',') || '<none>';
}
