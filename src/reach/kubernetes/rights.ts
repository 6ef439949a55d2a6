import type { KubernetesApi } from '../../model/contracts/world.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { failureProblem } from './failure.ts';
import { flagAt } from './fields.ts';
import { pathOf, type Resource, resources } from './paths.ts';

/** One thing we want to be allowed to do; without a namespace, in the whole cluster. */
export interface Right {
  verb: string;
  resource: Resource;
  sub?: string;
  namespace?: string;
}

/** Asks the API whether we may. A cluster that does not answer such questions is believed to say yes. */
async function canI(api: KubernetesApi, right: Right, signal: AbortSignal): Promise<Result<boolean>> {
  const { group, plural } = right.resource;
  const resourceAttributes: JsonObject = { verb: right.verb, group, resource: plural };
  if (right.sub !== undefined) resourceAttributes['subresource'] = right.sub;
  if (right.namespace !== undefined) resourceAttributes['namespace'] = right.namespace;
  const answer = await api.request(
    {
      method: 'POST',
      path: pathOf(resources.accessReviews),
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      },
    },
    signal,
  );
  if (answer.ok) return ok(flagAt(answer.value, 'status', 'allowed') ?? false);
  if ([403, 404, 405].includes(answer.problem.status)) return ok(true);
  return fail(
    failureProblem(api, answer.problem, { doing: 'ask for our rights', code: 'system-unreachable' }),
  );
}

/** All of them, or one Problem that names every missing one with the RBAC rules to add. */
export async function requireRights(
  api: KubernetesApi,
  rights: readonly Right[],
  signal: AbortSignal,
): Promise<Result<void>> {
  const answers = await Promise.all(rights.map((right) => canI(api, right, signal)));
  const missing: Right[] = [];
  for (const [index, answer] of answers.entries()) {
    if (!answer.ok) return answer;
    const right = rights[index];
    if (!answer.value && right !== undefined) missing.push(right);
  }
  return missing.length === 0 ? ok(undefined) : fail(rightsProblem(api, missing));
}

/** The Problem of missing rights, as YAML rules for a Role (or a ClusterRole where no namespace is named). */
export function rightsProblem(api: KubernetesApi, missing: readonly Right[]): Problem {
  const wanted = missing.map(({ verb, resource, sub, namespace }) => {
    const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
    return `${verb} ${nameOf(resource, sub)} ${where}`;
  });
  const kind = missing.some(({ namespace }) => namespace === undefined) ? 'ClusterRole' : 'Role';
  return {
    code: 'rights-missing',
    message: `The user of context ${api.about.context} may not ${wanted.join(', ')}.`,
    fix: `Add to a ${kind} that is bound to this user: rules: [${missing.map(rule).join(', ')}]`,
  };
}

const nameOf = (resource: Resource, sub: string | undefined): string =>
  sub === undefined ? resource.plural : `${resource.plural}/${sub}`;

const rule = ({ verb, resource, sub }: Right): string =>
  `{ apiGroups: ["${resource.group}"], resources: ["${nameOf(resource, sub)}"], verbs: ["${verb}"] }`;
