import type { Path } from './source.ts';

/** A path as people write it: `faults[0].target.deployment`. */
export function pathText(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

/** A value as a message shows it: short, and without a password that stands in a URL. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
  const text = withoutPasswords(typeof value === 'string' ? value : `the ${typeof value} ${String(value)}`);
  if (text === '') return 'an empty text';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const USER_INFO = /(\/\/[^\s/?#:@]*:)([^\s/?#@]+)(?=@)/g;

/** The same text, as long as before, with passwords of URLs covered; references to secrets stay. */
export const withoutPasswords = (text: string): string =>
  text.replaceAll(USER_INFO, (whole, before: string, password: string) =>
    /^\$\{[^}]*\}$/.test(password) ? whole : `${before}${'*'.repeat(password.length)}`,
  );
