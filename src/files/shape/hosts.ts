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
    const name = source.valueAt(at);
    if (typeof name !== 'string' || hosts.includes(name)) return [];
    const nearest = nearestOf(name, hosts);
    const add = `Add \`hosts: { ${name}: local }\` to the system file.`;
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
  });
}
