import { z } from 'zod';
import { type Candidates, defineFault, type Look, type Prepared } from '../../model/contracts/fault.ts';
import type { World } from '../../model/contracts/world.ts';
import type { Injection, Target } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { isObject, nameOf, objectsAt, textAt, textsAt } from '../../reach/kubernetes/fields.ts';
import { pathOf } from '../../reach/kubernetes/paths.ts';
import { requireRights } from '../../reach/kubernetes/rights.ts';
import { change, type PatchStep } from './change.ts';
import { done, nameSchema, no, unsuitable } from './common.ts';
import { fingerprint } from './controller.ts';
import {
  deploymentField,
  deploymentTarget,
  findDeployment,
  lookAt,
  markNeeds,
  markRights,
  pinnedOf,
  readPinned,
  rolloutBegun,
  rolloutDone,
} from './deployment.ts';
import {
  applyEnv,
  type EnvChange,
  type EnvList,
  type FormerEnv,
  namesOf,
  noteEnv,
  restoreEnv,
  sameEnv,
} from './env-list.ts';
import { armMark, disarmMark, isOurs, notOurs, refuseMarked, requireMark } from './mark.ts';

type Params = { set?: Record<string, string>; remove?: string[]; rollout?: 'complete' | 'begun' };
type Spec = { deployment: string; container?: string | undefined };

const variable = z
  .string()
  .regex(/^[-._A-Za-z][-._A-Za-z0-9]*$/, 'must be the name of an environment variable');

const params: z.ZodType<Params> = z
  .strictObject({
    set: z
      .record(variable, z.string())
      .describe('Variables and their values; numbers in quotes')
      .exactOptional(),
    remove: z.array(variable).describe('Variables to take away').exactOptional(),
    rollout: z
      .enum(['complete', 'begun'])
      .describe(
        'What proves the effect: complete (all its pods are new and available; unless told), or begun (a new pod is there, for a rollout that is meant to stall)',
      )
      .exactOptional(),
  })
  .refine(
    ({ set = {}, remove = [] }) => Object.keys(set).length + remove.length > 0,
    'needs `set:` or `remove:`',
  )
  .refine(
    ({ set = {}, remove = [] }) => remove.every((name) => !Object.hasOwn(set, name)),
    'a variable cannot be both set and removed',
  );

const target: z.ZodType<Spec> = z.strictObject({
  deployment: deploymentField,
  container: nameSchema.describe('Needed where its pods have several').optional(),
});

const undoSchema: z.ZodType<{ former: FormerEnv }> = z.object({
  former: z.object({
    absent: z.boolean(),
    order: z.array(z.string()),
    entries: z.array(z.object({ index: z.number(), entry: z.record(z.string(), z.json()) })),
  }),
});

export const deploymentEnv = defineFault<Params, Spec>({
  name: 'kubernetes.deployment.env',
  summary:
    'Sets or removes environment variables of a deployment, which rolls out anew; the undo brings back exactly what was.',
  duration: 'held',
  undoKind: 'restores',
  guarantee:
    'The former variables stand in an annotation of the deployment. The guardian process restores them when this run is gone, `aftershock heal` from any machine.',
  params,
  target,
  needs: markNeeds,
  example: [
    '- id: slow',
    '  fault: kubernetes.deployment.env',
    '  target: { deployment: poll-backend }',
    '  with: { set: { ARTIFICIAL_DELAY_MS: "500" } }',
    '  for: 30s',
  ].join('\n'),
  resolve,
  prepare,
  arm: async (world, injection, signal) => {
    const api = world.kubernetes();
    return api.ok ? armMark(api.value, injection, signal) : api;
  },
  act: (world, injection, signal) =>
    write(
      world,
      { injection, next: (env) => applyEnv(env, changeOf(injection.params)), armed: true },
      signal,
    ),
  effect,
  undo: (world, injection, signal) =>
    write(world, { injection, next: (env) => formerly(injection, env) }, signal),
  recovered,
  disarm: async (world, injection, signal) => {
    const api = world.kubernetes();
    if (!api.ok) return api;
    const restore = (object: JsonObject): PatchStep[] =>
      stepsFor(object, injection.target, (env) => formerly(injection, env));
    return disarmMark(api.value, { injection, inEffect: inEffect(injection), restore }, signal);
  },
});

async function resolve(
  world: World,
  wanted: { target: Spec; params: Params },
  signal: AbortSignal,
): Promise<Result<Candidates>> {
  const api = world.kubernetes();
  if (!api.ok) return api;
  const { deployment, container } = wanted.target;
  const object = await findDeployment(api.value, deployment, signal);
  if (!object.ok) return object;
  const chosen = chooseContainer(object.value, container);
  if (!chosen.ok) return chosen;
  const found = deploymentTarget(api.value, deployment, object.value);
  return ok({ found: [{ ...found, detail: { ...found.detail, container: chosen.value } }] });
}

function chooseContainer(object: JsonObject, wanted: string | undefined): Result<string> {
  const names = containersOf(object).map((container) => textAt(container, 'name') ?? '');
  const [only = ''] = names;
  if (wanted === undefined && names.length === 1) return ok(only);
  if (wanted !== undefined && names.includes(wanted)) return ok(wanted);
  return fail({
    code: wanted === undefined ? 'target-unsuitable' : 'target-missing',
    message:
      wanted === undefined
        ? `The pods of deployment/${nameOf(object)} have ${names.length} containers.`
        : `The pods of deployment/${nameOf(object)} have no container \`${wanted}\`.`,
    fix: 'Name one: `target: { deployment: …, container: … }`.',
    expected: names.join(', '),
    ...(wanted === undefined ? {} : { found: wanted }),
  });
}

const containersOf = (object: JsonObject): JsonObject[] =>
  objectsAt(object, 'spec', 'template', 'spec', 'containers');

const containerName = (of: Target): string => textAt(of.detail, 'container') ?? '';

/** The container's index and its variables; undefined where the container is gone. */
function envOf(object: JsonObject, container: string): { index: number; env: EnvList } | undefined {
  const containers = containersOf(object);
  const index = containers.findIndex((each) => textAt(each, 'name') === container);
  const env = containers[index]?.['env'];
  return index < 0 ? undefined : { index, env: Array.isArray(env) ? env.filter(isObject) : undefined };
}

function changeOf(given: JsonObject): EnvChange {
  const remove = given['remove'];
  return {
    set: textsAt(given, 'set'),
    remove: Array.isArray(remove) ? remove.filter((name) => typeof name === 'string') : [],
  };
}

async function prepare(
  world: World,
  wanted: { target: Target; params: Params },
  signal: AbortSignal,
): Promise<Result<Prepared>> {
  const api = world.kubernetes();
  if (!api.ok) return api;
  const allowed = await requireRights(api.value, markRights(api.value.about.namespace), signal);
  if (!allowed.ok) return allowed;
  const object = await readPinned(api.value, wanted.target, signal);
  if (!object.ok) return object;
  const free = refuseMarked(object.value);
  if (!free.ok) return free;
  const here = envOf(object.value, containerName(wanted.target));
  const wish = changeOf(wanted.params);
  if (here === undefined)
    return fail(unsuitable(`${wanted.target.name} has lost its container.`, 'Run it again.'));
  if (sameEnv(here.env, applyEnv(here.env, wish))) {
    return fail(
      unsuitable(
        `${wanted.target.name} has these variables already: there would be no effect.`,
        'Choose other values, or another deployment.',
      ),
    );
  }
  const note = wanted.params.rollout === 'begun' ? STALLS : REPLACED;
  return ok(describe(wanted.target, { ...wish, note }, noteEnv(here.env, namesOf(wish))));
}

const REPLACED =
  'All its pods are replaced, by its own rollout strategy, once for the fault and once for the undo.';
const STALLS = 'Its rollout may stall: how many old pods serve on meanwhile is for its own rollout strategy.';

function describe(of: Target, wish: EnvChange & { note: string }, former: FormerEnv): Prepared {
  const { place } = pinnedOf(of);
  const call = `PATCH ${pathOf(place.resource, place)} (JSON patch, tested resourceVersion)`;
  const sets = Object.entries(wish.set).map(([name, value]) => `${name}=${value}`);
  const removes = wish.remove.map((name) => `${name}-`);
  const command = `kubectl -n ${place.namespace} set env ${of.name} -c ${containerName(of)}`;
  return {
    does: [`${call}: the same as \`${[command, ...sets, ...removes].join(' ')}\``],
    undoes: [
      `${call}: ${namesOf(wish)
        .map((name) => formerText(name, former))
        .join('; ')}`,
    ],
    undo: { former },
    notes: [wish.note],
  };
}

/** What a variable comes back to, without showing a literal value, which may be a secret. */
function formerText(name: string, former: FormerEnv): string {
  const entries = former.entries.filter(({ entry }) => textAt(entry, 'name') === name);
  if (entries.length === 0) return `${name} is taken away again`;
  const values = entries.map(({ entry }) =>
    isObject(entry['valueFrom'])
      ? `valueFrom ${Object.keys(entry['valueFrom']).join(', ')}`
      : `its former literal (sha256 ${fingerprint(entry['value'] ?? '')})`,
  );
  return `${name} is put back in its place: ${values.join(' and ')}`;
}

/** Whether the variables are just what we made of them. */
const inEffect =
  (injection: Injection) =>
  (object: JsonObject): boolean => {
    const here = envOf(object, containerName(injection.target));
    return here !== undefined && sameEnv(here.env, applyEnv(here.env, changeOf(injection.params)));
  };

const formerly = (injection: Injection, env: EnvList): EnvList =>
  restoreEnv(env, undoSchema.parse(injection.undo).former, namesOf(changeOf(injection.params)));

/**
 * Writes the variables that `next` makes of the present ones, `armed` only where our mark is on the deployment; nothing
 * to do where deployment or container are gone.
 */
async function write(
  world: World,
  { injection, next, armed }: { injection: Injection; next: (env: EnvList) => EnvList; armed?: true },
  signal: AbortSignal,
): Promise<Result<void>> {
  const api = world.kubernetes();
  if (!api.ok) return api;
  const { target: of } = injection;
  const edit = (object: JsonObject): Result<PatchStep[]> => {
    const allowed = armed === true ? requireMark(object, injection) : done;
    if (!allowed.ok) return allowed;
    return ok(isOurs(object, injection, inEffect(injection)) ? stepsFor(object, of, next) : []);
  };
  const doing = `change the variables of ${of.name}`;
  const written = await change(api.value, { pinned: pinnedOf(of), doing, edit }, signal);
  return written.ok ? done : written;
}

function stepsFor(object: JsonObject, of: Target, next: (env: EnvList) => EnvList): PatchStep[] {
  const here = envOf(object, containerName(of));
  const after = next(here?.env);
  if (here === undefined || sameEnv(here.env, after)) return [];
  const path = `/spec/template/spec/containers/${here.index}/env`;
  if (after === undefined) return [{ op: 'remove', path }];
  return [{ op: here.env === undefined ? 'add' : 'replace', path, value: after }];
}

async function effect(world: World, injection: Injection, signal: AbortSignal): Promise<Look> {
  const next = (env: EnvList): EnvList => applyEnv(env, changeOf(injection.params));
  const progress = injection.params['rollout'] === 'begun' ? rolloutBegun : rolloutDone;
  return rolledOut(world, injection, { next, progress, signal });
}

async function recovered(world: World, injection: Injection, signal: AbortSignal): Promise<Look> {
  const isDone = (object: JsonObject): boolean => !isOurs(object, injection, inEffect(injection));
  const next = (env: EnvList): EnvList => formerly(injection, env);
  return rolledOut(world, injection, { next, progress: rolloutDone, isDone, signal });
}

interface RolledOut {
  next: (env: EnvList) => EnvList;
  progress: (object: JsonObject) => Look;
  isDone?: (object: JsonObject) => boolean;
  signal: AbortSignal;
}

/** Whether the variables are what they would be after `next`, and have come as far into the pods as `progress` asks. */
async function rolledOut(world: World, { target: of }: Injection, wanted: RolledOut): Promise<Look> {
  const api = world.kubernetes();
  if (!api.ok) return { is: 'unsure', evidence: api.problem.message };
  const judge = (object: JsonObject): Look => {
    if (wanted.isDone?.(object) === true) return notOurs(of);
    const here = envOf(object, containerName(of));
    if (here === undefined) return no(`${of.name} has lost its container ${containerName(of)}`);
    if (!sameEnv(here.env, wanted.next(here.env))) return no('the variables are not as they should be');
    const look = wanted.progress(object);
    return { ...look, evidence: `variables as they should be; ${look.evidence}` };
  };
  return lookAt(api.value, of, { judge, signal: wanted.signal });
}
