import { z } from 'zod';
import { defineFault, type Look, type Prepared } from '../../model/contracts/fault.ts';
import type { ApiRequest, KubernetesApi, World } from '../../model/contracts/world.ts';
import type { Injection, Target } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { failureProblem } from '../../reach/kubernetes/failure.ts';
import { numberAt, textAt, uidOf } from '../../reach/kubernetes/fields.ts';
import { pathOf, resources } from '../../reach/kubernetes/paths.ts';
import { isTerminating } from '../../reach/kubernetes/pod.ts';
import { requireRights } from '../../reach/kubernetes/rights.ts';
import { isSelector } from '../../reach/kubernetes/selector.ts';
import {
  done,
  getObject,
  nameSchema,
  no,
  type ObjectPlace,
  unsuitable,
  unsure,
  wholeSeconds,
  wholeSecondsSchema,
  yes,
} from './common.ts';
import { type Before, controllerOf, controllerText, readBefore, readNow } from './controller.ts';
import { findPods, type PodSpec, whyNot } from './pods.ts';

type Params = { grace?: string };

const params: z.ZodType<Params> = z.strictObject({
  grace: wholeSecondsSchema
    .describe("How long the pod may take to end; 0s kills it at once. Default: the pod's own.")
    .exactOptional(),
});

const target: z.ZodType<PodSpec> = z.union([
  z.strictObject({ deployment: nameSchema.describe('Running pods of this deployment') }),
  z.strictObject({ pod: nameSchema.describe('This pod') }),
  z.strictObject({
    selector: z
      .string()
      .refine(isSelector, 'must be a label selector such as app=web,tier in (a, b)')
      .describe('Running pods with these labels, such as app=web'),
  }),
]);

/** What stands in `Injection.undo`: nothing to do, but what must be back. */
const beforeSchema: z.ZodType<Before> = z.object({
  controller: z.object({ kind: z.string(), name: z.string(), uid: z.string() }),
  wanted: z.number(),
  template: z.string(),
});

export const podDelete = defineFault<Params, PodSpec>({
  name: 'kubernetes.pod.delete',
  summary: 'Deletes a pod; its controller makes a new one.',
  duration: 'instant',
  undoKind: 'self-heals',
  guarantee: 'Nothing stays behind: the pod’s controller replaces it, whatever becomes of this run.',
  params,
  target,
  needs: [
    'get, list and delete pods',
    'get the pod’s controller (replica set and deployment, stateful set …)',
  ],
  example: [
    '- id: kill',
    '  fault: kubernetes.pod.delete',
    '  target: { deployment: poll-backend, pick: 1 }',
    '  with: { grace: 0s }',
  ].join('\n'),
  resolve: async (world, wanted, signal) => {
    const api = world.kubernetes();
    return api.ok ? findPods(api.value, wanted.target, signal) : api;
  },
  prepare,
  act,
  effect,
  undo: async () => done,
  recovered,
});

const placeOf = (of: Target): ObjectPlace => ({
  resource: resources.pods,
  namespace: of.namespace ?? 'default',
  name: textAt(of.detail, 'pod') ?? '',
});

async function prepare(
  world: World,
  wanted: { target: Target; params: Params },
  signal: AbortSignal,
): Promise<Result<Prepared>> {
  const api = world.kubernetes();
  if (!api.ok) return api;
  const place = placeOf(wanted.target);
  const { namespace } = place;
  const rights = ['get', 'list', 'delete'].map((verb) => ({ verb, resource: resources.pods, namespace }));
  const allowed = await requireRights(api.value, rights, signal);
  if (!allowed.ok) return allowed;
  const pod = await getObject(api.value, place, signal);
  const broken = (failure: Parameters<typeof failureProblem>[1], doing: string): Result<never> =>
    fail(failureProblem(api.value, failure, { doing, code: 'inject-failed' }));
  if (!pod.ok && pod.problem.status !== 404) return broken(pod.problem, `read ${wanted.target.name}`);
  if (!pod.ok || uidOf(pod.value) !== wanted.target.id || isTerminating(pod.value))
    return fail(leftUs(wanted.target));
  const refused = whyNot(pod.value);
  const controller = controllerOf(pod.value);
  if (refused !== undefined || controller === undefined) return fail(refused ?? leftUs(wanted.target));
  const before = await readBefore(api.value, { namespace, controller }, signal);
  if (!before.ok) return broken(before.problem, `read ${controllerText(controller)}`);
  return ok(describe(wanted, { pod: pod.value, before: before.value }));
}

const leftUs = (of: Target) =>
  unsuitable(
    `${of.name} is being deleted or gone already, and not by us.`,
    'Run it again: another pod is chosen.',
  );

function describe(
  wanted: { target: Target; params: Params },
  seen: { pod: JsonObject; before: Before },
): Prepared {
  const { method, path, body } = deletion(wanted.target, wanted.params);
  const { controller, wanted: count, template } = seen.before;
  const own = numberAt(seen.pod, 'spec', 'terminationGracePeriodSeconds') ?? 30;
  const grace =
    wanted.params.grace === undefined ? `its own grace of ${own} s` : `grace ${wanted.params.grace}`;
  return {
    does: [`${method} ${path} ${JSON.stringify(body)} (${grace})`],
    undoes: [`nothing to do: ${controllerText(controller)} makes a new pod, until ${count} are ready again`],
    undo: { controller: { ...controller }, wanted: count, template },
    notes: [
      ...(count === 1
        ? [`${controllerText(controller)} has this pod only: nothing serves until the new one is ready.`]
        : []),
      'A direct delete is not held back by a PodDisruptionBudget.',
    ],
  };
}

/** The uid as a precondition: a new pod of the same name (a stateful set's) is never hit. */
function deletion(of: Target, { grace }: Params): ApiRequest & { body: JsonObject } {
  const body: JsonObject = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: of.id } };
  if (grace !== undefined) body['gracePeriodSeconds'] = wholeSeconds(grace);
  const place = placeOf(of);
  return { method: 'DELETE', path: pathOf(place.resource, place), body };
}

async function act(world: World, injection: Injection, signal: AbortSignal): Promise<Result<void>> {
  const api = world.kubernetes();
  if (!api.ok) return api;
  const deleted = await api.value.request(deletion(injection.target, injection.params), signal);
  // 404 and 409 (the uid is another's): it is gone, as it is after a retry of an uncertain call.
  if (deleted.ok || deleted.problem.status === 404 || deleted.problem.status === 409) return done;
  if (deleted.problem.uncertain && (await look(api.value, injection, signal)).is === 'yes') return done;
  return fail(
    failureProblem(api.value, deleted.problem, {
      doing: `delete ${injection.target.name}`,
      code: 'inject-failed',
    }),
  );
}

async function effect(world: World, injection: Injection, signal: AbortSignal): Promise<Look> {
  const api = world.kubernetes();
  return api.ok ? look(api.value, injection, signal) : { is: 'unsure', evidence: api.problem.message };
}

async function look(api: KubernetesApi, { target: of }: Injection, signal: AbortSignal): Promise<Look> {
  const pod = await getObject(api, placeOf(of), signal);
  if (!pod.ok) return pod.problem.status === 404 ? yes(`${of.name} is gone`) : unsure(pod.problem);
  if (uidOf(pod.value) !== of.id)
    return yes(`${of.name} is another pod now: the one with uid ${of.id} is gone`);
  const since = textAt(pod.value, 'metadata', 'deletionTimestamp');
  return since === undefined
    ? no(`${of.name} is still there`)
    : yes(`${of.name} is terminating (by ${since})`);
}

/** Back by kind, not by identity: as many ready pods as were wanted before, made from the same template. */
async function recovered(world: World, injection: Injection, signal: AbortSignal): Promise<Look> {
  const api = world.kubernetes();
  if (!api.ok) return { is: 'unsure', evidence: api.problem.message };
  const before = beforeSchema.parse(injection.undo);
  const name = controllerText(before.controller);
  const namespace = placeOf(injection.target).namespace;
  const now = await readNow(api.value, { namespace, controller: before.controller }, signal);
  if (!now.ok) return unsure(now.problem);
  if (now.value === undefined) return no(`${name} is gone or another one has its name`);
  // The target counts too where it is not terminating: then it was never deleted.
  const ready = now.value.ready.length;
  const count = `${name}: ${ready} of ${before.wanted} pods ready`;
  if (ready < before.wanted) return no(count);
  return now.value.template === before.template
    ? yes(`${count}, same template`)
    : no(`${count}, but its template changed`);
}
