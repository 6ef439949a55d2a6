import { z } from 'zod';
import type { Look } from '../../model/contracts/fault.ts';
import type { ApiFailure, KubernetesApi } from '../../model/contracts/world.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { failureProblem } from '../../reach/kubernetes/failure.ts';
import { nameOf } from '../../reach/kubernetes/fields.ts';
import { kubectl } from '../../reach/kubernetes/kubectl.ts';
import { listAll } from '../../reach/kubernetes/list.ts';
import { pathOf, type Resource } from '../../reach/kubernetes/paths.ts';

/** A name as the API allows it (RFC 1123 subdomain). */
export const nameSchema = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
    'must be a Kubernetes name: lower case letters, digits, - and .',
  );

/** An object by its place; the name may come to mean another object, so what is pinned is compared by uid. */
export interface ObjectPlace {
  resource: Resource;
  namespace: string;
  name: string;
}

export function getObject(
  api: KubernetesApi,
  place: ObjectPlace,
  signal: AbortSignal,
): Promise<Result<JsonObject, ApiFailure>> {
  return api.request({ method: 'GET', path: pathOf(place.resource, place) }, signal);
}

/** Reads an object that a user named; where it is missing, the Problem lists what there is. */
export async function getNamed(
  api: KubernetesApi,
  place: ObjectPlace,
  signal: AbortSignal,
): Promise<Result<JsonObject>> {
  const got = await getObject(api, place, signal);
  if (got.ok) return got;
  const kind = place.resource.plural.replace(/s$/, '');
  if (got.problem.status !== 404) {
    return fail(
      failureProblem(api, got.problem, { doing: `read ${kind}/${place.name}`, code: 'system-unreachable' }),
    );
  }
  const there = await listAll(api, { path: pathOf(place.resource, { namespace: place.namespace }) }, signal);
  const names = there.ok ? there.value.items.map(nameOf).slice(0, 20) : [];
  return fail({
    code: 'target-missing',
    message: `There is no ${kind} \`${place.name}\` in namespace ${place.namespace} (context ${api.about.context}).`,
    fix: `Use a name that \`${kubectl(api, place.namespace)} get ${place.resource.plural}\` shows.`,
    found: place.name,
    ...(names.length > 0 ? { expected: names.join(', ') } : {}),
    cause: got.problem.text,
  });
}

export const unsuitable = (message: string, fix: string): Problem => ({
  code: 'target-unsuitable',
  message,
  fix,
});

export const yes = (evidence: string): Look => ({ is: 'yes', evidence });
export const no = (evidence: string): Look => ({ is: 'no', evidence });
/** We could not see; the exact text is the evidence. */
export const unsure = (failure: ApiFailure): Look => ({
  is: 'unsure',
  evidence: `the API did not say: ${failure.text}`,
});

/** Whole seconds of a duration such as `0s`, `30s`, `2m`. */
export function wholeSeconds(duration: string): number {
  const [, count = '0', unit] = /^(\d+)(s|m|h)$/.exec(duration) ?? [];
  return Number(count) * (unit === 'h' ? 3_600 : unit === 'm' ? 60 : 1);
}

export const wholeSecondsSchema = z
  .string()
  .regex(/^\d+(s|m|h)$/, 'must be a duration in whole seconds, such as 0s, 30s or 2m');

export const done: Result<void> = ok(undefined);
