import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { NANOS_PER_MILLISECOND, NANOS_PER_SECOND, type Nanos } from '../model/time.ts';
import type { Anchor } from '../model/timeline.ts';
import { parseDuration } from '../model/units.ts';

/** What a moment of a run is told by: its clock's anchors, and its first injection where there was one. */
export interface RunClock {
  anchors: readonly Anchor[];
  origin?: Nanos;
  /** The present wall time in milliseconds since 1970: nobody has seen what comes later. */
  now_ms: number;
}

const DAY_MS = 86_400_000;
/** How far two people's watches may differ. */
const SLACK_MS = 60_000;

/**
 * The moment that `--at` names, on the run's clock. `17:20` and `17:20:05` are times of day here (`17:20Z` in UTC), the first such
 * time after the run began (or up to a minute before); `+12s` and `-3s` count from the first injection; anything with a date is
 * ISO 8601. Problems: usage.
 */
export function momentOf(text: string, clock: RunClock): Result<Nanos> {
  const relative = /^([+-])(.+)$/.exec(text);
  if (relative !== null)
    return fromInjection(text, { sign: relative[1] ?? '+', rest: relative[2] ?? '' }, clock);
  const begun = clock.anchors[0];
  if (begun === undefined) return fail(noClock);
  const wall_ms = timeOfDay(text, begun.wall_ms) ?? dateAndTime(text);
  return wall_ms === undefined ? fail(unreadable(text)) : onClock(wall_ms, clock);
}

/** Where a wall time (milliseconds since 1970) stands on the run's clock, by the last anchor before it. */
export function onClock(wall_ms: number, { anchors, now_ms }: RunClock): Result<Nanos> {
  if (wall_ms > now_ms + SLACK_MS) return fail(notYet(wall_ms));
  const anchor = anchors.findLast((one) => one.wall_ms <= wall_ms) ?? anchors[0];
  if (anchor === undefined) return fail(noClock);
  const t = Math.round(anchor.t + (wall_ms - anchor.wall_ms) * NANOS_PER_MILLISECOND);
  return t < 0 ? fail(tooEarly(wall_ms)) : ok(t);
}

function fromInjection(
  text: string,
  { sign, rest }: { sign: string; rest: string },
  { origin, anchors, now_ms }: RunClock,
): Result<Nanos> {
  const seconds = parseDuration(rest);
  if (!seconds.ok) return fail(unreadable(text));
  if (origin === undefined) return fail(nothingInjected(text));
  const t = Math.round(origin + (sign === '-' ? -1 : 1) * seconds.value * NANOS_PER_SECOND);
  const anchor = anchors.findLast((one) => one.t <= t) ?? anchors[0];
  if (anchor === undefined) return fail(noClock);
  const wall_ms = anchor.wall_ms + (t - anchor.t) / NANOS_PER_MILLISECOND;
  if (wall_ms > now_ms + SLACK_MS) return fail(notYet(wall_ms));
  return t < 0 ? fail(tooEarly()) : ok(t);
}

/** The first such time of day that is not more than a minute before the run began. */
function timeOfDay(text: string, begun_ms: number): number | undefined {
  const parts = /^(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z?)$/.exec(text);
  if (parts === null) return undefined;
  const [hours, minutes, seconds] = [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const day = new Date(begun_ms);
  const milliseconds = 1_000 * Number(`0${parts[4] ?? ''}`);
  const at =
    parts[5] === 'Z'
      ? Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), hours, minutes, seconds)
      : new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes, seconds).getTime();
  const earliest = begun_ms - SLACK_MS;
  return at + milliseconds + (at + milliseconds < earliest ? DAY_MS : 0);
}

function dateAndTime(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text)) return undefined;
  const at = Date.parse(text.replace(' ', 'T'));
  return Number.isNaN(at) ? undefined : at;
}

const unreadable = (text: string): Problem => ({
  code: 'usage',
  message: `--at ${text} is no time`,
  expected: '17:20, 17:20:05, 17:20Z, 2026-11-20T17:20:00Z, or +12s from the first injection',
  fix: 'Write the time in one of these ways; without --at the note stands at the present time.',
});

const nothingInjected = (text: string): Problem => ({
  code: 'usage',
  message: `--at ${text} counts from the first injection, and this run has none`,
  fix: 'Give a time of day, such as 17:20.',
});

const tooEarly = (wall_ms?: number): Problem => ({
  code: 'usage',
  message: `${wall_ms === undefined ? 'that' : new Date(wall_ms).toISOString()} is before this run began`,
  fix: 'Give a time during or after the run.',
});

const notYet = (wall_ms: number): Problem => ({
  code: 'usage',
  message: `${new Date(wall_ms).toISOString()} is yet to come: the run began later than that time of day, or the date or the distance is wrong`,
  fix: 'Give a time between the start of the run and now.',
});

const noClock: Problem = {
  code: 'recording-broken',
  message: 'this run has no wall clock: it ended before it began to record',
  fix: 'There is nothing to note on; name another run.',
};
