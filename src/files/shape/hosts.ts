import { nearestOf } from '../../judge/expression/nearest.ts';
import type { Problem } from '../../model/result.ts';
import type { Path, Source } from '../read/source.ts';

/** A place where a file names a host: `path` leads to what should have the key `host`. */
export interface HostUser {
  source: Source;
  path: Path;
}

/** Names of hosts that the system file does not have. */
export function unknownHosts(users: readonly HostUser[], hosts: readonly string[]): Problem[] {
  return users.flatMap(({ source, path }) => {
    const at = [...path, 'host'];
    const named = source.valueAt(at);
    if (!Array.isArray(named)) return unknownHost(source, at, { name: named, hosts });
    return named.flatMap((name, index) => unknownHost(source, [...at, index], { name, hosts }));
  });
}

function unknownHost(
  source: Source,
  at: Path,
  { name, hosts }: { name: unknown; hosts: readonly string[] },
): Problem[] {
  if (typeof name !== 'string' || hosts.includes(name)) return [];
  const nearest = nearestOf(name, hosts);
  const add = `Add \`hosts: { ${name}: local }\` (or \`{ ssh: … }\`) to the system file.`;
  return [
    {
      code: 'name-unknown',
      message: `the system file names no host \`${name}\``,
      at: source.placeOf(at),
      found: name,
      ...(hosts.length === 0 ? {} : { expected: hosts.join(', ') }),
      fix: nearest === undefined ? add : `Write \`${nearest}\`.`,
    },
  ];
}
