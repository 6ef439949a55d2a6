import type { Candidates } from '../../model/contracts/fault.ts';
import type { FaultEntry, Limits } from '../../model/experiment.ts';
import type { Target } from '../../model/injection.ts';
import type { Problem } from '../../model/result.ts';

/** Never touched unless `limits.allow` names it. */
const PROTECTED_NAMESPACES: readonly string[] = ['kube-system'];

/**
 * One problem for each thing under protection that the entry could hit: what matches now and whatever a role could
 * move to, chosen or not, because the choice is made again at the injection.
 */
export function protectedProblems(entry: FaultEntry, candidates: Candidates, limits: Limits): Problem[] {
  const named = targetsNamed(entry.target);
  const set = candidates.set?.name.split(' ') ?? [];
  const targets = [...candidates.found, ...(candidates.possible ?? [])];
  const reasons = new Map<string, Problem>();
  for (const target of targets) {
    const names = [target.name, ...ownersOf(target), ...named, ...set];
    const reason = reasonFor(target, names, limits);
    if (reason !== undefined) reasons.set(reason.message, { ...reason, at: entry.at });
  }
  return [...reasons.values()];
}

function reasonFor(
  { name, namespace }: Target,
  names: readonly string[],
  limits: Limits,
): Problem | undefined {
  const refused = (message: string, fix: string): Problem => ({
    code: 'protected',
    message,
    found: name,
    fix,
  });
  const listed = limits.protect.find((one) => one === namespace || names.includes(one));
  if (listed !== undefined) {
    return refused(
      `${name} is protected: \`limits.protect\` of the system file names ${listed}`,
      'Choose another target.',
    );
  }
  if (
    namespace === undefined ||
    !PROTECTED_NAMESPACES.includes(namespace) ||
    limits.allow.includes(namespace)
  ) {
    return undefined;
  }
  return refused(
    `${name} is protected: it is in the namespace ${namespace}`,
    `If that is meant, add it to \`limits: { allow: [${namespace}] }\` of the system file.`,
  );
}

/** `{ deployment: web }` as `deployment/web`. */
function targetsNamed(target: unknown): string[] {
  if (typeof target !== 'object' || target === null) return [];
  return Object.entries(target).flatMap(([kind, name]) =>
    typeof name === 'string' ? [`${kind}/${name}`] : [],
  );
}

/** The names in a target's details that are of the form `kind/name`; of a replica set its deployment too. */
function ownersOf({ detail }: Target): string[] {
  return Object.values(detail).flatMap((value) => {
    if (typeof value !== 'string' || !/^[a-z]+\/\S+$/i.test(value)) return [];
    const [, deployment] = /^replicaset\/(.+)-[a-z0-9]+$/i.exec(value) ?? [];
    return deployment === undefined ? [value] : [value, `deployment/${deployment}`];
  });
}
