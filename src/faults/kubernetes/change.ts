import type { ApiFailure, KubernetesApi } from '../../model/contracts/world.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { failureProblem } from '../../reach/kubernetes/failure.ts';
import { objectAt, uidOf, versionOf } from '../../reach/kubernetes/fields.ts';
import { pathOf } from '../../reach/kubernetes/paths.ts';
import { getObject, type ObjectPlace } from './common.ts';

/** One operation of a JSON patch (RFC 6902). */
export type PatchStep = { op: 'add' | 'replace'; path: string; value: Json } | { op: 'remove'; path: string };

/** An object that stays the same: its place, and the uid that must stand there. */
export interface Pinned {
  place: ObjectPlace;
  uid: string;
}

export interface Change {
  pinned: Pinned;
  /** `put the mark on deployment/x`, for messages. */
  doing: string;
  /** What to change in the object as it is now; nothing where it is as it should be. Called again after a conflict. */
  edit(object: JsonObject): Result<PatchStep[]>;
}

const TRIES = 8;
const PAUSE_MS = 50;

/**
 * Reads, edits and writes back with a test on the version that was read, so that nothing of other people's is
 * overwritten; again after a conflict or an uncertain write. Gives the object as it is then, or undefined where it is
 * gone or another object has its name.
 */
export async function change(
  api: KubernetesApi,
  wanted: Change,
  signal: AbortSignal,
): Promise<Result<JsonObject | undefined>> {
  const { place, uid } = wanted.pinned;
  let refused: { failure: ApiFailure; version: string } | undefined;
  for (let tries = 0; tries < TRIES && !signal.aborted; tries += 1) {
    if (tries > 0) await sleep(PAUSE_MS * tries, signal);
    const got = await getObject(api, place, signal);
    if (!got.ok) return got.problem.status === 404 ? ok(undefined) : fail(trouble(api, wanted, got.problem));
    if (uidOf(got.value) !== uid) return ok(undefined);
    const version = versionOf(got.value);
    // Refused although nobody else wrote: it is no conflict, so trying again is no help.
    if (refused?.failure.status === 422 && refused.version === version) break;
    const steps = wanted.edit(got.value);
    if (!steps.ok) return steps;
    if (steps.value.length === 0) return got;
    const written = await write(api, { place, version, steps: steps.value }, signal);
    if (written.ok) return written;
    refused = { failure: written.problem, version };
    if (!isConflict(written.problem) && !written.problem.uncertain) break;
  }
  return fail(trouble(api, wanted, refused?.failure ?? cancelled));
}

function write(
  api: KubernetesApi,
  what: { place: ObjectPlace; version: string; steps: PatchStep[] },
  signal: AbortSignal,
): Promise<Result<JsonObject, ApiFailure>> {
  const test = { op: 'test', path: '/metadata/resourceVersion', value: what.version };
  const body: Json = [test, ...what.steps.map((step) => ({ ...step }))];
  const path = pathOf(what.place.resource, what.place);
  return api.request({ method: 'PATCH', path, patch: 'json', body }, signal);
}

/** The API answers 409 to a lost race, and 422 where the test of a JSON patch fails. */
const isConflict = ({ status }: ApiFailure): boolean => status === 409 || status === 422;

function trouble(api: KubernetesApi, { doing }: Change, failure: ApiFailure): Problem {
  return failureProblem(api, failure, { doing, code: 'inject-failed' });
}

const cancelled: ApiFailure = {
  status: 0,
  reason: 'aborted',
  text: 'the call was cancelled',
  uncertain: false,
};

/** The steps that set a key of a map under `metadata` (labels, annotations), or remove it. */
export function setEntry(
  object: JsonObject,
  entry: { map: 'labels' | 'annotations'; key: string; value: string | undefined },
): PatchStep[] {
  const { map, key, value } = entry;
  const there = objectAt(object, 'metadata', map);
  const path = `/metadata/${map}/${pointer(key)}`;
  if (value === undefined) {
    return there !== undefined && Object.hasOwn(there, key) ? [{ op: 'remove', path }] : [];
  }
  if (there === undefined) return [{ op: 'add', path: `/metadata/${map}`, value: { [key]: value } }];
  return there[key] === value ? [] : [{ op: 'add', path, value }];
}

/** A key as a step of a JSON pointer (RFC 6901). */
const pointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
