import { fail, ok, type Result } from '../../model/result.ts';
import type { Sample } from './exposition.ts';

type Operator = '=' | '!=' | '=~' | '!~';

interface Matcher {
  label: string;
  operator: Operator;
  matches(value: string): boolean;
}

/** A PromQL instant selector: the name of a metric, and what its labels must be. */
export interface Selector {
  /** As it was written. */
  text: string;
  name: string;
  matchers: readonly Matcher[];
}

const MATCHER =
  /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*(=~|!~|!=|=)[ \t]*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)[ \t]*/y;

/** Parses `name` or `name{label="value", other=~"a|b"}`; else says what is wrong, in words that follow the text. */
export function parseSelector(text: string): Result<Selector, string> {
  const [, name, inside] = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{(.*)\})?\s*$/s.exec(text) ?? [];
  if (name === undefined) {
    return fail(
      'is no selector: write the name of a metric, and label matchers in braces if any: name{label="value"}',
    );
  }
  const matchers: Matcher[] = [];
  let at = 0;
  while ((inside ?? '').slice(at).trim() !== '') {
    MATCHER.lastIndex = at;
    const found = MATCHER.exec(inside ?? '');
    if (found === null)
      return fail(`has no label matcher at \`${(inside ?? '').slice(at).trim()}\`: write label="value"`);
    const [whole, label = '', operator = '', quoted = ''] = found;
    const matcher = matcherOf(label, operator as Operator, quoted);
    if (!matcher.ok) return matcher;
    matchers.push(matcher.value);
    at += whole.length;
    const next = inside?.[at];
    if (next !== undefined && next !== ',') return fail(`lacks a comma after the matcher of ${label}`);
    at += 1;
  }
  return ok({ text: text.trim(), name, matchers });
}

function matcherOf(label: string, operator: Operator, quoted: string): Result<Matcher, string> {
  const value = unquoted(quoted);
  if (value === undefined)
    return fail(
      `has an unknown escape in ${quoted}: only \\\\ \\" \\' \\n \\t are known; in \`…\` none is needed`,
    );
  if (operator === '=' || operator === '!=') {
    return ok({ label, operator, matches: (found) => (found === value) === (operator === '=') });
  }
  try {
    // Anchored at both ends, and the dot means every letter, as in Prometheus.
    const pattern = new RegExp(`^(?:${value})$`, 's');
    return ok({ label, operator, matches: (found) => pattern.test(found) === (operator === '=~') });
  } catch {
    return fail(`has no regular expression in ${label}${operator}${quoted}`);
  }
}

const escapes: Record<string, string> = { '\\': '\\', '"': '"', "'": "'", n: '\n', t: '\t' };

function unquoted(quoted: string): string | undefined {
  const inside = quoted.slice(1, -1);
  if (quoted.startsWith('`')) return inside;
  let known = true;
  const text = inside.replace(/\\(.)/gs, (_, letter: string) => {
    const meant = escapes[letter];
    if (meant === undefined) known = false;
    return meant ?? '';
  });
  return known ? text : undefined;
}

/**
 * The values that a selector means, by their labels; a label that a sample has not is empty, as in PromQL. Of two
 * samples with the same labels the last one counts.
 */
export function select(selector: Selector, samples: readonly Sample[]): Map<string, number> {
  const found = samples.filter(
    ({ name, labels }) =>
      name === selector.name &&
      selector.matchers.every(({ label, matches }) => matches(labels.get(label) ?? '')),
  );
  return new Map(found.map(({ labels, value }) => [JSON.stringify([...labels].sort()), value]));
}
