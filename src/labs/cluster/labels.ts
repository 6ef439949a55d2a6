import { createHash, randomInt } from 'node:crypto';
import type { LabelSelector } from './shapes.ts';

/** Kubernetes' alphabet for generated names: no vowels and no look-alikes. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** The suffix of a generated name. */
export const randomSuffix = (length = 5): string =>
  Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** A short name for a pod template: the same template gives the same hash, whatever the order of its fields. */
export function templateHash(template: unknown): string {
  const digest = createHash('sha256').update(canonical(template)).digest();
  return Array.from(digest.subarray(0, 10), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}

/** Whether labels satisfy a selector; an empty selector chooses nothing here, as controllers want it. */
export function selects(selector: LabelSelector, labels: Record<string, string> = {}): boolean {
  const equal = Object.entries(selector.matchLabels ?? {});
  const expressions = selector.matchExpressions ?? [];
  if (equal.length === 0 && expressions.length === 0) return false;
  return (
    equal.every(([key, value]) => labels[key] === value) &&
    expressions.every((expression) => satisfies(expression, labels))
  );
}

function satisfies(
  { key, operator, values }: { key: string; operator: string; values?: string[] },
  labels: Record<string, string>,
): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && (values ?? []).includes(value);
    case 'NotIn':
      return value === undefined || !(values ?? []).includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
