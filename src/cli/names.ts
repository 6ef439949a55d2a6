import { nearestOf } from '../judge/expression/nearest.ts';
import type { Problem } from '../model/result.ts';

/** Somebody named what does not exist: the names there are, and the one that was probably meant. */
export function unknownName(what: string, name: string, names: readonly string[]): Problem {
  const within = names.filter((one) => one.includes(name));
  const nearest = (within.length === 1 ? within[0] : undefined) ?? nearestOf(name, names);
  return {
    code: 'name-unknown',
    message: `there is no ${what} ${name}`,
    expected: names.join(', '),
    fix: nearest === undefined ? `Name one of these ${what}s.` : `Did you mean \`${nearest}\`?`,
  };
}
