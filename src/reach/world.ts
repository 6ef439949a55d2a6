import type { World } from '../model/contracts/world.ts';
import { fail, type Problem } from '../model/result.ts';

/** The world of a system file that names nothing that can be broken: loads and probes only. */
export const nowhere: World = { kubernetes: () => fail(noCluster), host: (name) => fail(noHost(name, [])) };

/** A world of some parts; what is left out is a Problem for whoever needs it. */
export const worldOf = (parts: Partial<World>): World => ({ ...nowhere, ...parts });

const noCluster: Problem = {
  code: 'field-wrong',
  message: 'the system file names no cluster, and this needs one',
  fix: 'Add `kubernetes: { context: …, namespace: … }` (or `lab: poll-app`) to the system file.',
};

/** A host that was asked for and is none of those that the system file names. */
export const noHost = (name: string, known: readonly string[]): Problem => ({
  code: 'name-unknown',
  message: `the system file names no host \`${name}\``,
  found: name,
  ...(known.length === 0 ? {} : { expected: known.join(', ') }),
  fix: `Add \`hosts: { ${name}: local }\` (or \`{ ssh: … }\`) to the system file${known.length === 0 ? '' : ', or write a name that is there'}.`,
});
