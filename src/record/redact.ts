import type { Json } from '../model/json.ts';
import { formsOf } from './secrets/forms.ts';

/** Takes secrets out of what is about to be written or shown. Idempotent; never throws. */
export interface Redactor {
  text(text: string): string;
  /** The same value with every string in it redacted, keys included. Numbers are left as they are. */
  json<T extends Json>(value: T): T;
}

/** What stands where a secret was; another is taken if a secret looks like it. */
const PLACEHOLDERS = ['[secret]', '(hidden)', '<removed>', '***', '███'];

/** The name and password before the host of a URL; also with slashes escaped. The name stays. */
const urlCredentials = /(:\\?\/\\?\/[^\s:@/?#"'<>\\]*):[^\s/?#"'<>]*@/g;
const header =
  /\b((?:proxy-)?authorization|x-api-key|x-auth-token)(["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|token|digest)\s+)?[^\s"',;]+/gi;
/** A token contains a digit or is long, unlike the word behind "bearer" or "basic" in a sentence. */
const scheme = /\b(bearer|basic)(\s+)(?:(?=[\w.~+/-]*\d)[\w.~+/-]{8,}|[\w.~+/-]{20,})=*/gi;
const assigned = /\b(password|passwd|pwd|access_token|api[-_]?key|client_secret)=[^\s&;,"'`\\]+/gi;

/**
 * A redactor that knows the resolved secrets of a system, in every form that they are likely to be printed in, and
 * what credentials look like in URLs and headers. Secrets of fewer than four characters are not looked for.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = [...new Set(secrets.flatMap(formsOf))];
  const placeholder = placeholderFor(forms);
  const text = (given: string): string => {
    const known = withoutForms(given.toWellFormed(), forms, placeholder);
    // The rules put known words and separators together anew, so what they leave is looked at once more.
    return withoutForms(withoutCredentials(known, placeholder), forms, placeholder);
  };
  return { text, json: <T extends Json>(value: T): T => deep(value, text) as T };
}

function withoutCredentials(text: string, placeholder: string): string {
  return text
    .replaceAll(urlCredentials, (_, name: string) => `${name}:${placeholder}@`)
    .replaceAll(header, (_, name: string, sign: string) => `${name}${sign}${placeholder}`)
    .replaceAll(scheme, (_, name: string, space: string) => `${name}${space}${placeholder}`)
    .replaceAll(assigned, (_, name: string) => `${name}=${placeholder}`);
}

/** Replaces every stretch that one or more forms cover, overlapping ones as a whole. */
function withoutForms(text: string, forms: readonly string[], placeholder: string): string {
  const found = forms.flatMap((form) => occurrences(text, form)).sort((a, b) => a.from - b.from);
  let clean = '';
  let done = 0;
  for (const [index, { from, to }] of found.entries()) {
    if (from > done || index === 0) clean += text.slice(done, from) + placeholder;
    done = Math.max(done, to);
  }
  return clean + text.slice(done);
}

function occurrences(text: string, form: string): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (let from = text.indexOf(form); from >= 0; from = text.indexOf(form, from + 1)) {
    found.push({ from, to: from + form.length });
  }
  return found;
}

/** A placeholder that no secret is part of and with which no surrounding text can become one. */
function placeholderFor(forms: readonly string[]): string {
  const fits = (candidate: string): boolean =>
    forms.every((form) => {
      const edges = [candidate.at(0), candidate.at(-1)];
      return !candidate.includes(form) && !edges.some((edge) => edge !== undefined && form.includes(edge));
    });
  const known = PLACEHOLDERS.find(fits);
  if (known !== undefined) return known;
  for (let code = 0xe000; ; code += 1) {
    const candidate = String.fromCodePoint(code);
    if (fits(candidate)) return candidate;
  }
}

function deep(value: Json, text: (given: string) => string): Json {
  if (typeof value === 'string') return text(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => deep(item, text));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), deep(item, text)]));
}
