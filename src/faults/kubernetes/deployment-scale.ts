import { z } from 'zod';
import { type Candidates, defineFault, type Look, type Prepared } from '../../model/contracts/fault.ts';
import type { ApiFailure, KubernetesApi, World } from '../../model/contracts/world.ts';
import type { Injection, Target } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { failureProblem } from '../../reach/kubernetes/failure.ts';
import { nameOf, numberAt, objectAt, textAt, uidOf, versionOf } from '../../reach/kubernetes/fields.ts';
import { listAll } from '../../reach/kubernetes/list.ts';
import { pathOf, resources } from '../../reach/kubernetes/paths.ts';
import { requireRights } from '../../reach/kubernetes/rights.ts';
import type { PatchStep } from './change.ts';
import { done, no, unsuitable, yes } from './common.ts';
import {
  deploymentSpec,
  deploymentTarget,
  findDeployment,
  lookAt,
  markNeeds,
  markRights,
  pinnedOf,
  readPinned,
} from './deployment.ts';
import { armMark, disarmMark, isOurs, notOurs, refuseMarked, requireMark } from './mark.ts';

type Params = { replicas: number };
type Spec = { deployment: string };

/** Zero is allowed: it takes 100 percent away, which the system's limits refuse unless they were widened. */
const params: z.ZodType<Params> = z.strictObject({
  replicas: z.int().min(0).max(10_000).describe('How many pods it shall have while the fault is held'),
});

const undoSchema = z.object({ replicas: z.number(), ready: z.number() });

export const deploymentScale = defineFault<Params, Spec>({
  name: 'kubernetes.deployment.scale',
  summary: 'Changes how many replicas a deployment has; the undo brings the former number back.',
  duration: 'held',
  undoKind: 'restores',
  guarantee:
    'The former number stands in an annotation of the deployment. The guardian process restores it when this run is gone, `aftershock heal` from any machine.',
  params,
  target: deploymentSpec,
  needs: [...markNeeds, 'get and update deployments/scale', 'list horizontal pod autoscalers'],
  example: [
    '- id: fewer',
    '  fault: kubernetes.deployment.scale',
    '  target: { deployment: poll-backend }',
    '  with: { replicas: 1 }',
    '  for: 30s',
  ].join('\n'),
  resolve,
  prepare,
  arm: async (world, injection, signal) => {
    const api = world.kubernetes();
    return api.ok ? armMark(api.value, injection, signal) : api;
  },
  act: (world, injection, signal) =>
    scale(world, { injection, replicas: wantedOf(injection), only: 'marked' }, signal),
  effect: (world, injection, signal) => settled(world, injection, { replicas: wantedOf(injection), signal }),
  undo: (world, injection, signal) =>
    scale(world, { injection, replicas: undoSchema.parse(injection.undo).replicas, only: 'ours' }, signal),
  recovered: (world, injection, signal) => {
    const isDone = (object: JsonObject): boolean => !isOurs(object, injection, inEffect(injection));
    return settled(world, injection, { ...undoSchema.parse(injection.undo), isDone, signal });
  },
  disarm: async (world, injection, signal) => {
    const api = world.kubernetes();
    if (!api.ok) return api;
    const { replicas } = undoSchema.parse(injection.undo);
    const restore = (object: JsonObject): PatchStep[] =>
      replicasOf(object) === replicas ? [] : [{ op: 'replace', path: '/spec/replicas', value: replicas }];
    return disarmMark(api.value, { injection, inEffect: inEffect(injection), restore }, signal);
  },
});

const wantedOf = (injection: Injection): number => numberAt(injection.params, 'replicas') ?? 0;

/** The API fills in 1 where nothing is said. */
const replicasOf = (object: JsonObject): number => numberAt(object, 'spec', 'replicas') ?? 1;
const readyOf = (object: JsonObject): number => numberAt(object, 'status', 'readyReplicas') ?? 0;

/** Whether it has as many replicas as we gave it. */
const inEffect =
  (injection: Injection) =>
  (object: JsonObject): boolean =>
    replicasOf(object) === wantedOf(injection);

async function resolve(
  world: World,
  wanted: { target: Spec; params: Params },
  signal: AbortSignal,
): Promise<Result<Candidates>> {
  const api = world.kubernetes();
  if (!api.ok) return api;
  const { deployment } = wanted.target;
  const object = await findDeployment(api.value, deployment, signal);
  if (!object.ok) return object;
  const size = replicasOf(object.value);
  const takenEach = Math.max(0, size - wanted.params.replicas);
  const found = [deploymentTarget(api.value, deployment, object.value)];
  // Scaling up takes nothing away.
  return ok(
    takenEach === 0
      ? { found }
      : { found, set: { name: `pods of deployment/${deployment}`, size, takenEach } },
  );
}

async function prepare(
  world: World,
  wanted: { target: Target; params: Params },
  signal: AbortSignal,
): Promise<Result<Prepared>> {
  const api = world.kubernetes();
  if (!api.ok) return api;
  const { namespace } = api.value.about;
  const scaling = ['get', 'update'].map((verb) => ({
    verb,
    resource: resources.deployments,
    sub: 'scale',
    namespace,
  }));
  const autoscaling = { verb: 'list', resource: resources.autoscalers, namespace };
  const rights = [...markRights(namespace), ...scaling, autoscaling];
  const allowed = await requireRights(api.value, rights, signal);
  if (!allowed.ok) return allowed;
  const object = await readPinned(api.value, wanted.target, signal);
  if (!object.ok) return object;
  const free = refuseMarked(object.value);
  if (!free.ok) return free;
  const unowned = await refuseAutoscaled(api.value, wanted.target, signal);
  if (!unowned.ok) return unowned;
  const former = replicasOf(object.value);
  if (former === wanted.params.replicas) {
    return fail(
      unsuitable(
        `${wanted.target.name} has ${former} replicas already.`,
        'Choose another number of replicas.',
      ),
    );
  }
  const call = (to: number): string => `PUT ${scalePath(wanted.target)} {"spec":{"replicas":${to}}}`;
  return ok({
    does: [`${call(wanted.params.replicas)} (it has ${former})`],
    undoes: [call(former)],
    undo: { replicas: former, ready: Math.min(former, readyOf(object.value)) },
    ...(wanted.params.replicas === 0 ? { notes: ['Nothing serves until the undo.'] } : {}),
  });
}

/** An autoscaler would undo the fault at once, and our undo would fight it. */
async function refuseAutoscaled(api: KubernetesApi, of: Target, signal: AbortSignal): Promise<Result<void>> {
  const { name, namespace } = pinnedOf(of).place;
  const listed = await listAll(api, { path: pathOf(resources.autoscalers, { namespace }) }, signal);
  if (!listed.ok) {
    // A cluster without that API has no autoscalers.
    if (listed.problem.status === 404) return done;
    return fail(failureProblem(api, listed.problem, { doing: 'list autoscalers', code: 'inject-failed' }));
  }
  const owner = listed.value.items.find(
    (scaler) =>
      textAt(scaler, 'spec', 'scaleTargetRef', 'kind') === 'Deployment' &&
      textAt(scaler, 'spec', 'scaleTargetRef', 'name') === name,
  );
  if (owner === undefined) return done;
  return fail(
    unsuitable(
      `${of.name} is scaled by horizontalpodautoscaler/${nameOf(owner)}, which would undo the fault at once.`,
      'Use kubernetes.pod.delete, or take the autoscaler away for the experiment.',
    ),
  );
}

const scalePath = (of: Target): string => {
  const { place } = pinnedOf(of);
  return pathOf(place.resource, { ...place, sub: 'scale' });
};

const TRIES = 6;
const PAUSE_MS = 50;

/** What a write of ours needs to find: our mark (an act), or an object that is still ours to undo. */
interface Scaling {
  injection: Injection;
  replicas: number;
  only: 'marked' | 'ours';
}

/**
 * Sets the number through the scale subresource, at the version of the deployment on which we saw that we may; again
 * after a lost race. What is not ours to undo any more is left alone.
 */
async function scale(world: World, scaling: Scaling, signal: AbortSignal): Promise<Result<void>> {
  const api = world.kubernetes();
  if (!api.ok) return api;
  const { target: of } = scaling.injection;
  const path = scalePath(of);
  let failure: ApiFailure | undefined;
  for (let tries = 0; tries < TRIES && !signal.aborted; tries += 1) {
    if (tries > 0) await sleep(PAUSE_MS * tries, signal);
    const now = await api.value.request({ method: 'GET', path }, signal);
    // Gone, or another deployment of that name: there is nothing left of ours.
    if (!now.ok && now.problem.status === 404) return done;
    if (now.ok && uidOf(now.value) !== of.id) return done;
    if (now.ok && numberAt(now.value, 'spec', 'replicas') === scaling.replicas) return done;
    const version = await versionToWrite(api.value, scaling, signal);
    if (!version.ok) return version;
    if (version.value === undefined) return done;
    const body = now.ok ? scaled(now.value, scaling.replicas, version.value) : undefined;
    const written = body === undefined ? now : await api.value.request({ method: 'PUT', path, body }, signal);
    if (written.ok) return done;
    failure = written.problem;
    if (failure.status !== 409 && !failure.uncertain) break;
  }
  const what = { doing: `scale ${of.name}`, code: 'inject-failed' } as const;
  return fail(failureProblem(api.value, failure ?? cancelled, what));
}

function scaled(now: JsonObject, replicas: number, resourceVersion: string): JsonObject {
  return { ...now, metadata: { ...objectAt(now, 'metadata'), resourceVersion }, spec: { replicas } };
}

/** The version of the deployment at which we may write; undefined where there is nothing of ours to undo. */
async function versionToWrite(
  api: KubernetesApi,
  { injection, only }: Scaling,
  signal: AbortSignal,
): Promise<Result<string | undefined>> {
  const got = await readPinned(api, injection.target, signal);
  if (!got.ok) return got;
  if (only === 'ours') {
    return ok(isOurs(got.value, injection, inEffect(injection)) ? versionOf(got.value) : undefined);
  }
  const marked = requireMark(got.value, injection);
  return marked.ok ? ok(versionOf(got.value)) : marked;
}

const cancelled: ApiFailure = {
  status: 0,
  reason: 'aborted',
  text: 'the call was cancelled',
  uncertain: false,
};

/** Whether it has that many replicas, none more, and enough of them ready (all of them unless told). */
async function settled(
  world: World,
  { target: of }: Injection,
  wanted: { replicas: number; ready?: number; isDone?: (object: JsonObject) => boolean; signal: AbortSignal },
): Promise<Look> {
  const api = world.kubernetes();
  if (!api.ok) return { is: 'unsure', evidence: api.problem.message };
  const judge = (object: JsonObject): Look => {
    if (wanted.isDone?.(object) === true) return notOurs(of);
    const spec = replicasOf(object);
    const count = numberAt(object, 'status', 'replicas') ?? 0;
    const text = `${spec} replicas wanted, ${count} there, ${readyOf(object)} ready`;
    const seen =
      (numberAt(object, 'status', 'observedGeneration') ?? 0) >=
      (numberAt(object, 'metadata', 'generation') ?? 0);
    const enough = readyOf(object) >= (wanted.ready ?? wanted.replicas);
    return seen && spec === wanted.replicas && count === spec && enough ? yes(text) : no(text);
  };
  return lookAt(api.value, of, { judge, signal: wanted.signal });
}
