import { createHash } from 'node:crypto';
import type { Look } from '../../model/contracts/fault.ts';
import type { KubernetesApi } from '../../model/contracts/world.ts';
import { type Injection, injectionSchema, type Target } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { failureProblem } from '../../reach/kubernetes/failure.ts';
import { nameOf, parseObject, textAt, uidOf } from '../../reach/kubernetes/fields.ts';
import { listAll } from '../../reach/kubernetes/list.ts';
import { pathOf, resources } from '../../reach/kubernetes/paths.ts';
import { change, type PatchStep, setEntry } from './change.ts';
import { done, getObject, unsuitable, yes } from './common.ts';
import { controllerOf } from './controller.ts';
import { pinnedOf } from './deployment.ts';

/**
 * The whole injection as JSON, on the object it changes: who finds it can undo it. The undo of an environment holds
 * former literal values; whoever can read this annotation could read them in the same object a moment before, and
 * keys of secrets stay references, so nothing is revealed by it.
 */
export const ANNOTATION = 'aftershock.dev/injection';
/** Finds changed objects by selector; its value is a hash, for an id may be too long for a label. */
export const LABEL = 'aftershock.dev/injected';

const labelOf = (injection: Injection): string =>
  createHash('sha256').update(injection.id).digest('hex').slice(0, 12);

/** The injection that an object carries; undefined without our mark, a text where the mark cannot be read. */
export function readMark(object: JsonObject): Injection | string | undefined {
  const text = textAt(object, 'metadata', 'annotations', ANNOTATION);
  // The deployment controller copies annotations to replica sets and `rollout undo` copies them back, but labels
  // never: an annotation without the label is a stale copy.
  if (text === undefined || textAt(object, 'metadata', 'labels', LABEL) === undefined) return undefined;
  const parsed = injectionSchema.safeParse(parseObject(text));
  if (!parsed.success) return `its annotation ${ANNOTATION} cannot be read`;
  // The annotation speaks for the object that carries it only, whoever wrote it.
  return parsed.data.target.id === uidOf(object)
    ? parsed.data
    : `its annotation ${ANNOTATION} is of another object`;
}

/** Why an object must not be changed now: somebody's injection is on it. */
export function refuseMarked(object: JsonObject, ours?: Injection): Result<void> {
  const mark = readMark(object);
  if (mark === undefined || (typeof mark !== 'string' && mark.id === ours?.id)) return done;
  return fail(typeof mark === 'string' ? strangeMark(object, mark) : alreadyHeld(object, mark));
}

const alreadyHeld = (object: JsonObject, { id, run }: Injection): Problem => ({
  code: 'locked',
  message: `${nameOf(object)} is being broken by the run ${run} (injection ${id}).`,
  fix: `Wait for that run, end it with \`aftershock stop ${run}\`, or, if it died, undo it with \`aftershock heal\`.`,
});

const strangeMark = (object: JsonObject, why: string): Problem => ({
  code: 'locked',
  message: `${nameOf(object)} is already changed by aftershock: ${why}.`,
  fix: `Undo it with \`aftershock heal\`; if that cannot, restore the object by hand and take its label ${LABEL} off.`,
});

/** Puts the undo on the deployment and sees it there. */
export async function armMark(
  api: KubernetesApi,
  injection: Injection,
  signal: AbortSignal,
): Promise<Result<void>> {
  const pinned = pinnedOf(injection.target);
  const doing = `write the undo to ${injection.target.name}`;
  const edit = (object: JsonObject): Result<PatchStep[]> => {
    const refused = refuseMarked(object, injection);
    if (!refused.ok) return refused;
    return ok([
      ...setEntry(object, { map: 'annotations', key: ANNOTATION, value: JSON.stringify(injection) }),
      ...setEntry(object, { map: 'labels', key: LABEL, value: labelOf(injection) }),
    ]);
  };
  const marked = await change(api, { pinned, doing, edit }, signal);
  if (!marked.ok) return marked;
  const seen = await getObject(api, pinned.place, signal);
  if (!seen.ok) return fail(failureProblem(api, seen.problem, { doing, code: 'inject-failed' }));
  const mark = readMark(seen.value);
  if (mark !== undefined && typeof mark !== 'string' && mark.id === injection.id) return done;
  return fail(
    unsuitable(
      `The undo that we wrote to ${injection.target.name} is not there any more: something takes it off.`,
      'Look for a controller that resets annotations (GitOps), and let it leave aftershock.dev/* alone.',
    ),
  );
}

/**
 * Takes our mark off the deployment, and the copies off its replica sets. `restore` gives what is still to be put
 * back, in the same write: an act whose answer never came may be made late, up to the moment this changes the version.
 */
export async function disarmMark(
  api: KubernetesApi,
  what: {
    injection: Injection;
    inEffect: (object: JsonObject) => boolean;
    restore: (object: JsonObject) => PatchStep[];
  },
  signal: AbortSignal,
): Promise<Result<void>> {
  const { injection, inEffect, restore } = what;
  const edit = (object: JsonObject): Result<PatchStep[]> =>
    ok(isOurs(object, injection, inEffect) ? [...restore(object), ...unmarking(object)] : []);
  const doing = `take the undo off ${injection.target.name}`;
  const cleaned = await change(api, { pinned: pinnedOf(injection.target), doing, edit }, signal);
  if (!cleaned.ok) return cleaned;
  return cleaned.value === undefined ? done : cleanReplicaSets(api, injection.target, signal);
}

/**
 * Whether an object is still ours to undo: it carries our mark, or nobody's and just what we injected (somebody took
 * the mark off and left the fault). Anything else was undone before, or belongs to others now: it is left alone.
 */
export function isOurs(
  object: JsonObject,
  injection: Injection,
  inEffect: (object: JsonObject) => boolean,
): boolean {
  const label = textAt(object, 'metadata', 'labels', LABEL);
  return label === undefined ? inEffect(object) : label === labelOf(injection);
}

/** How a target is seen on which nothing of ours is left: over, whatever it looks like now. */
export const notOurs = (of: Target): Look =>
  yes(`nothing of ours is on ${of.name} any more: it was undone before, and what it is now is not ours`);

/**
 * An act is refused where our undo is not on the object any more. Who was stopped for long (a frozen run) finds that
 * the guardian has undone and unmarked it; the act's own test on the version makes this hold until the write.
 */
export function requireMark(object: JsonObject, injection: Injection): Result<void> {
  const mark = readMark(object);
  if (mark !== undefined && typeof mark !== 'string' && mark.id === injection.id) return done;
  return fail(
    unsuitable(
      `The undo of ${injection.id} is not on ${injection.target.name} any more: it was undone meanwhile.`,
      'Run it again.',
    ),
  );
}

const unmarking = (object: JsonObject): PatchStep[] => [
  ...setEntry(object, { map: 'annotations', key: ANNOTATION, value: undefined }),
  ...setEntry(object, { map: 'labels', key: LABEL, value: undefined }),
];

/** How often the deployment controller may copy the mark again from its older view before we leave it. */
const ROUNDS = 5;
const PAUSE_MS = 200;

async function cleanReplicaSets(api: KubernetesApi, of: Target, signal: AbortSignal): Promise<Result<void>> {
  const { namespace } = pinnedOf(of).place;
  const doing = `take copies of the undo off the replica sets of ${of.name}`;
  for (let round = 0; round < ROUNDS; round += 1) {
    const listed = await listAll(api, { path: pathOf(resources.replicaSets, { namespace }) }, signal);
    if (!listed.ok) return fail(failureProblem(api, listed.problem, { doing, code: 'undo-failed' }));
    const copies = listed.value.items.filter(
      (set) =>
        controllerOf(set)?.uid === of.id && textAt(set, 'metadata', 'annotations', ANNOTATION) !== undefined,
    );
    if (copies.length === 0) return done;
    for (const copy of copies) {
      const place = { resource: resources.replicaSets, namespace, name: nameOf(copy) };
      const edit = (set: JsonObject): Result<PatchStep[]> =>
        ok(setEntry(set, { map: 'annotations', key: ANNOTATION, value: undefined }));
      const cleaned = await change(api, { pinned: { place, uid: uidOf(copy) }, doing, edit }, signal);
      if (!cleaned.ok) return cleaned;
    }
    await sleep(PAUSE_MS, signal);
  }
  return done;
}
