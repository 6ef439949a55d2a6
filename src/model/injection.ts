import { z } from 'zod';
import type { JsonObject } from './json.ts';

/**
 * One thing that can be broken, pinned: `id` stays the same thing until the undo is over (a pod's uid; a pid with
 * its start time), so undo never finds the target again by name or role.
 */
export interface Target {
  kind: string;
  /** How people name it: `pod/poll-backend-7c9-x2x`. */
  name: string;
  id: string;
  namespace?: string;
  /** What the fault needs to know of it later; JSON, no secrets. */
  detail: JsonObject;
}

/** How a fault is undone (design, section 2). */
export type UndoKind = 'restores' | 'self-heals' | 'needs-command' | 'none';

/**
 * One fault on one target, once. All of it is JSON and stands in the journal before anything is touched, so a
 * process that never saw the run (guardian, heal) can undo it.
 */
export interface Injection {
  /** Unique over all runs: `<run>.<fault id>.<n>`. */
  id: string;
  run: string;
  /** The id of the entry under `faults:`. */
  entry: string;
  /** The fault's name in the catalogue. */
  fault: string;
  target: Target;
  params: JsonObject;
  /** What the undo needs, written by `prepare`; may hold secrets: stored in `undo/`, mode 0600. */
  undo: JsonObject;
  /** The undo runs at min(deadline, last renewal + lease), counted from the arming. */
  deadline_s: number;
  lease_s: number;
}

const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.json());

/** An injection as it is read back from a journal or from a mark on a target: one schema, so the two cannot drift apart. */
export const injectionSchema = z.object({
  id: z.string(),
  run: z.string(),
  entry: z.string(),
  fault: z.string(),
  target: z.object({
    kind: z.string(),
    name: z.string(),
    id: z.string(),
    namespace: z.string().exactOptional(),
    detail: jsonObject,
  }),
  params: jsonObject,
  undo: jsonObject,
  deadline_s: z.number(),
  lease_s: z.number(),
}) satisfies z.ZodType<Injection>;

/** Steps of an injection in the order of the journal; each is fsynced before the next begins. */
export const injectionSteps = [
  'intent',
  'armed',
  'acting',
  'acted',
  'effective',
  'undoing',
  'undone',
  'recovered',
  'closed',
] as const;

export type InjectionStep = (typeof injectionSteps)[number];
