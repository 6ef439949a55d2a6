import { ok } from '../../../model/result.ts';
import { type Outcome, refuse } from '../status.ts';

type Labels = Record<string, string>;
type Test = (labels: Labels) => boolean;

const KEY = `[A-Za-z0-9][A-Za-z0-9._/-]*`;
const VALUE = `[A-Za-z0-9._-]*`;
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);
const COMPARES = new RegExp(`^(${KEY})\\s*(==|!=|=|>|<)\\s*(${VALUE})$`);
const AMONG = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);

/**
 * Reads a label selector in any of its forms (`a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, `a>1`) into
 * a test. As in the real API, `!=` and `notin` also choose objects without the label. A 400 if it is no selector.
 */
export function labelSelector(text: string): Outcome<Test> {
  const tests: Test[] = [];
  for (const part of parts(text)) {
    const test = requirement(part);
    if (test === undefined)
      return refuse(400, `unable to parse requirement: found '${part}', expected: a label requirement`);
    tests.push(test);
  }
  return ok((labels) => tests.every((test) => test(labels)));
}

/** Splits at the commas that are not inside brackets. */
function parts(text: string): string[] {
  if (text.trim() === '') return [];
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

function requirement(part: string): Test | undefined {
  const exists = EXISTS.exec(part);
  if (exists) {
    const [, not, key = ''] = exists;
    return (labels) => Object.hasOwn(labels, key) === (not === '');
  }
  const compares = COMPARES.exec(part);
  if (compares) return comparison(compares[1] ?? '', compares[2] ?? '', compares[3] ?? '');
  const among = AMONG.exec(part);
  if (among === null) return undefined;
  const values = new Set((among[3] ?? '').split(',').map((value) => value.trim()));
  return membership(among[1] ?? '', among[2] === 'in', values);
}

function membership(key: string, wanted: boolean, values: Set<string>): Test {
  return (labels) => (Object.hasOwn(labels, key) ? values.has(labels[key] ?? '') === wanted : !wanted);
}

function comparison(key: string, operator: string, value: string): Test | undefined {
  if (operator === '>' || operator === '<') {
    if (!/^\d+$/.test(value)) return undefined;
    const sign = operator === '>' ? 1 : -1;
    return (labels) => /^-?\d+$/.test(labels[key] ?? '') && sign * (Number(labels[key]) - Number(value)) > 0;
  }
  return membership(key, operator !== '!=', new Set([value]));
}
