import { z } from 'zod';
import type { KubernetesApi } from '../../model/contracts/world.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { failureProblem } from '../../reach/kubernetes/failure.ts';
import { objectsAt } from '../../reach/kubernetes/fields.ts';
import { kubectl } from '../../reach/kubernetes/kubectl.ts';
import { pathOf, resources } from '../../reach/kubernetes/paths.ts';
import { isSelector } from '../../reach/kubernetes/selector.ts';

export const selectorField = z
  .string()
  .refine(isSelector, 'must be a label selector such as app=web,tier in (a, b)')
  .describe('Pods with these labels');

export const namespaceField = z.string().min(1).describe("Default: the system's namespace");

/** A selector that matches nothing is a slip of the pen far more often than meant, and its zeros would look measured. */
export async function somePods(
  api: KubernetesApi,
  { namespace, selector }: { namespace: string; selector: string | undefined },
  signal: AbortSignal,
): Promise<Result<void>> {
  const query = { limit: '1', ...(selector === undefined ? {} : { labelSelector: selector }) };
  const path = pathOf(resources.pods, { namespace });
  const listed = await api.request({ method: 'GET', path, query }, signal);
  if (!listed.ok) {
    return fail(failureProblem(api, listed.problem, { doing: 'list pods', code: 'system-unreachable' }));
  }
  if (objectsAt(listed.value, 'items').length > 0) return ok(undefined);
  return fail({
    code: 'target-missing',
    message:
      selector === undefined
        ? `there is no pod in namespace ${namespace}`
        : `no pod in namespace ${namespace} matches the selector \`${selector}\``,
    ...(selector === undefined ? {} : { found: selector }),
    fix: `Correct the selector (\`${kubectl(api, namespace)} get pods --show-labels\` shows the labels), or start what it names.`,
  });
}

/** Whether a namespace is there, as far as we may know. */
export async function namespaceExists(
  api: KubernetesApi,
  name: string,
  signal: AbortSignal,
): Promise<Result<void>> {
  const got = await api.request({ method: 'GET', path: pathOf(resources.namespaces, { name }) }, signal);
  // Many who may read the pods of a namespace may not read the namespace.
  if (got.ok || got.problem.status === 403) return ok(undefined);
  if (got.problem.status !== 404) {
    const was = { doing: `read namespace ${name}`, code: 'system-unreachable' } as const;
    return fail(failureProblem(api, got.problem, was));
  }
  return fail({
    code: 'target-missing',
    message: `There is no namespace \`${name}\` in cluster ${api.about.context}.`,
    fix: `Use a name that \`${kubectl(api)} get namespaces\` shows.`,
    found: name,
  });
}
