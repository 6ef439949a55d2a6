import { dirname, resolve } from 'node:path';
import { nearestOf } from '../../judge/expression/nearest.ts';
import type { Problem } from '../../model/result.ts';
import { readText } from '../../reach/files.ts';
import { pathText } from './shown.ts';
import type { Path, Source } from './source.ts';

/** The values of a system file with its secrets filled in. */
export interface Resolved {
  value: unknown;
  /** Every secret, as it is and as a URL writes it; none is empty. */
  secrets: string[];
  problems: Problem[];
}

const REFERENCE = /\$\{([A-Za-z_]+):([^}]*)\}/g;

/**
 * Fills in `${env:NAME}` and `${file:PATH}` (relative to the system file, without the line break at its end) in every
 * text. In a URL's user and password a secret is percent-encoded, as the URL needs it.
 */
export function resolveSecrets(source: Source, env: Readonly<Record<string, string | undefined>>): Resolved {
  const resolving: Resolving = { source, env, secrets: new Set(), problems: [] };
  const value = resolveValue(resolving, source.value, []);
  return { value, secrets: [...resolving.secrets].filter((one) => one !== ''), problems: resolving.problems };
}

interface Resolving {
  source: Source;
  env: Readonly<Record<string, string | undefined>>;
  secrets: Set<string>;
  problems: Problem[];
}

function resolveValue(resolving: Resolving, value: unknown, path: Path): unknown {
  if (typeof value === 'string') return resolveText(resolving, value, path);
  if (Array.isArray(value))
    return value.map((item, index) => resolveValue(resolving, item, [...path, index]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveValue(resolving, item, [...path, key])]),
  );
}

function resolveText(resolving: Resolving, text: string, path: Path): string {
  let done = '';
  let from = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [whole, kind = '', name = ''] = match;
    const secret = lookUp(resolving, { kind, name, path, index: match.index });
    done += text.slice(from, match.index);
    done +=
      secret === undefined ? whole : filledIn(resolving, secret, inUserInfo(text, match.index, whole.length));
    from = match.index + whole.length;
  }
  return done + text.slice(from);
}

function filledIn({ secrets }: Resolving, secret: string, encode: boolean): string {
  const text = encode ? encodeURIComponent(secret) : secret;
  secrets.add(secret).add(text);
  return text;
}

interface Reference {
  kind: string;
  name: string;
  path: Path;
  index: number;
}

function lookUp(resolving: Resolving, reference: Reference): string | undefined {
  const { kind, name } = reference;
  const missing = (message: string, fix: string, cause?: string): undefined => {
    const at = resolving.source.placeIn(reference.path, reference.index);
    const found = `\${${kind}:${name}}`;
    resolving.problems.push({
      code: 'secret-missing',
      message,
      fix,
      at,
      found,
      ...(cause === undefined ? {} : { cause }),
    });
  };
  if (kind === 'env') {
    const value = Object.hasOwn(resolving.env, name) ? resolving.env[name] : undefined;
    if (value !== undefined && value !== '') return value;
    const state = value === undefined ? 'not set' : 'empty';
    return missing(
      `the environment variable ${name || '(no name)'} is ${state}`,
      `Set it: \`export ${name || 'NAME'}=…\`.`,
    );
  }
  if (kind === 'file') {
    const read = readText(resolve(dirname(resolving.source.file), name));
    const value = read.ok ? read.value.replace(/(\r?\n)+$/, '') : '';
    if (value !== '') return value;
    const state = read.ok ? 'is empty' : 'cannot be read';
    const where = 'Paths count from the folder of the system file.';
    return missing(
      `the file ${name || '(no name)'} ${state}`,
      where,
      read.ok ? undefined : read.problem.text,
    );
  }
  const nearest = nearestOf(kind, ['env', 'file']) ?? 'env';
  return missing(`\`\${${kind}:…}\` refers to nothing`, `Write \`\${${nearest}:${name}}\`.`);
}

/** Does the reference stand in `scheme://user:password@`? */
function inUserInfo(text: string, index: number, length: number): boolean {
  const before = text.slice(0, index).replaceAll(REFERENCE, 'x');
  const after = text.slice(index + length).replaceAll(REFERENCE, 'x');
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]*$/i.test(before) && /^[^/?#\s]*@/.test(after);
}

const PASSWORD_IN_URL = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s:]*:([^/?#\s]*)@/i;
/** Keys whose value is a secret whatever it is. */
const SECRET_KEY = /^((proxy-)?authorization|cookie|x-api-key|x-auth-token|password|passwd)$/i;
/** Words that make a header, or a parameter in a URL's query, a secret: X-Vault-Token, Private-Token, ?api_key=. */
const SECRET_WORD =
  /(^|[-_])(access|auth|private)?(token|secret|passwd|password|api[-_]?key|apikey|signature)$/i;

/** Secrets that are written into a file as they are: passwords and tokens in URLs, and what the key says is one. */
export function inlineSecrets(source: Source): Problem[] {
  const problems: Problem[] = [];
  const visit = (value: unknown, path: Path): void => {
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        visit(item, [...path, index]);
      });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
    } else if (isInline(value, path)) {
      problems.push(inline(source, path));
    }
  };
  visit(source.value, []);
  return problems;
}

function isInline(value: unknown, path: Path): boolean {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text === '') return false;
  const [, password = ''] = PASSWORD_IN_URL.exec(text.replaceAll(REFERENCE, '')) ?? [];
  if (password !== '' || hasSecretParameter(text)) return true;
  const isSecret = SECRET_KEY.test(String(path.at(-1))) || isSecretHeader(path);
  return isSecret && !new RegExp(REFERENCE.source).test(text);
}

const isSecretHeader = (path: Path): boolean =>
  path.at(-2) === 'headers' && SECRET_WORD.test(String(path.at(-1)));

/** `http://host/path?access_token=abc`: a value that is no reference under a name that says what it is. */
function hasSecretParameter(text: string): boolean {
  const [, query = ''] = /^https?:\/\/[^?#\s]*\?([^#\s]*)/i.exec(text) ?? [];
  return query.split('&').some((one) => {
    const [name = '', value = ''] = one.split(/=(.*)/s);
    return SECRET_WORD.test(name) && value.replaceAll(REFERENCE, '') !== '';
  });
}

const inline = (source: Source, path: Path): Problem => ({
  code: 'secret-inline',
  message: `\`${pathText(path)}\` holds a secret as it is`,
  at: source.placeOf(path),
  expected: 'a reference such as ${env:NAME} or ${file:PATH}',
  fix: 'Write `${env:NAME}` in its place and set that variable, so that no file and no recording holds it.',
});
