import type { KubeObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import type { Cause } from '../status.ts';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
export const LABEL_SYNTAX = new RegExp(`^${LABEL}$`);
const SUBDOMAIN_SYNTAX = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const DNS_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

export const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
  `with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`;
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
  "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  `'${LABEL}(\\.${LABEL})*')`;
const DNS_1035_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic " +
  "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation " +
  "is '[a-z]([-a-z0-9]*[a-z0-9])?')";

const RULES: Record<string, { syntax: RegExp; rule: string; longest: number }> = {
  namespaces: { syntax: LABEL_SYNTAX, rule: LABEL_RULE, longest: 63 },
  services: { syntax: DNS_1035, rule: DNS_1035_RULE, longest: 63 },
};
const SUBDOMAIN = { syntax: SUBDOMAIN_SYNTAX, rule: SUBDOMAIN_RULE, longest: 253 };

/** What is wrong with an object's name, in the API's words. */
export function nameCauses(resource: Resource, object: KubeObject): Cause[] {
  const { name } = object.metadata;
  const { syntax, rule, longest } = RULES[resource.plural] ?? SUBDOMAIN;
  const cause = (message: string): Cause => ({
    reason: 'FieldValueInvalid',
    message,
    field: 'metadata.name',
  });
  const causes: Cause[] = [];
  if (name.length > longest)
    causes.push(cause(`Invalid value: "${name}": must be no more than ${longest} characters`));
  if (!syntax.test(name)) causes.push(cause(`Invalid value: "${name}": ${rule}`));
  return causes;
}

const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const LABEL_VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start " +
  "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation " +
  "is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** What is wrong with an object's label values. */
export function labelCauses(object: KubeObject): Cause[] {
  const bad = Object.values(object.metadata.labels ?? {}).filter(
    (value) => !LABEL_VALUE.test(value) || value.length > 63,
  );
  return bad.map((value) => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: "${value}": ${LABEL_VALUE_RULE}`,
    field: 'metadata.labels',
  }));
}

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** A name from `generateName`: its prefix and five random letters. */
export function generatedName(prefix: string): string {
  const letters = [...crypto.getRandomValues(new Uint8Array(5))].map(
    (byte) => ALPHABET[byte % ALPHABET.length],
  );
  return `${prefix.slice(0, 58)}${letters.join('')}`;
}
