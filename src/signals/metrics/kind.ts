import type { Entry } from './config.ts';
import type { Exposition } from './exposition.ts';

/** What an endpoint's `# TYPE` lines say of a sample's name; undefined where they say nothing, or `untyped`. */
export function kindOf(name: string, types: Exposition['types']): Entry['kind'] | undefined {
  const own = types.get(name);
  if (own === 'counter' || own === 'gauge') return own;
  // The quantiles of a summary.
  if (own === 'summary') return 'gauge';
  const [, base = '', part] = /^(.+)_(bucket|sum|count)$/.exec(name) ?? [];
  const whole = types.get(base);
  if (whole === 'histogram') return 'counter';
  return whole === 'summary' && part !== 'bucket' ? 'counter' : undefined;
}

/** Whether the endpoint has the metric at all, be it without samples. */
export const isThere = ({ samples, types }: Exposition, name: string): boolean =>
  kindOf(name, types) !== undefined || types.has(name) || samples.some((sample) => sample.name === name);

/** Why a series cannot be what it was taken for, or undefined. */
export function mismatch({ name, selector, kind, said }: Entry, { types }: Exposition): string | undefined {
  const is = kindOf(selector.name, types);
  if (is === undefined || is === kind) return undefined;
  const taken = said ? 'is declared as' : 'looks by its name like';
  return `the series ${name} ${taken} a ${kind}, but the endpoint says that ${selector.name} is a ${is}`;
}
