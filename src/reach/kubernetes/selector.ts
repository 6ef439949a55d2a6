import type { JsonObject } from '../../model/json.ts';
import { at, isObject, objectsAt, textAt, textsAt } from './fields.ts';

/**
 * A `spec.selector` as the text that `labelSelector=` takes. Old kinds (replication controllers) have a plain map
 * where new ones have matchLabels and matchExpressions.
 */
export function selectorText(selector: JsonObject | undefined): string {
  if (selector === undefined) return '';
  const isNew = isObject(at(selector, 'matchLabels')) || Array.isArray(at(selector, 'matchExpressions'));
  const labels = isNew ? textsAt(selector, 'matchLabels') : textsAt(selector);
  const equal = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [...equal, ...objectsAt(selector, 'matchExpressions').map(expressionText)].join(',');
}

function expressionText(expression: JsonObject): string {
  const key = textAt(expression, 'key') ?? '';
  const values = at(expression, 'values');
  const list = Array.isArray(values) ? values.filter((value) => typeof value === 'string').join(',') : '';
  switch (textAt(expression, 'operator')) {
    case 'In':
      return `${key} in (${list})`;
    case 'NotIn':
      return `${key} notin (${list})`;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return key;
  }
}

const label = '([A-Za-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?';
const value = '([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?';
const requirement = new RegExp(
  `^\\s*(${label}\\s*(=|==|!=)\\s*${value}|!?\\s*${label}|${label}\\s+(in|notin)\\s*\\(\\s*${value}(\\s*,\\s*${value})*\\s*\\))\\s*$`,
);

/** Whether a text is a label selector in the API's grammar; the API's own answer is slower and later. */
export function isSelector(text: string): boolean {
  return text.split(/,(?![^(]*\))/).every((part) => requirement.test(part));
}
