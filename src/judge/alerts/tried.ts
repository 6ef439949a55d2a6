import type { AlertReplay } from '../../model/alert.ts';
import type { Candidate } from './candidate.ts';
import { levelInFault, replay, type Stage, type Tracks, tracksOf, worstInBaseline } from './replay.ts';
import { type Condition, passes } from './track.ts';

/** A candidate with the threshold that it would have, and what it then does; or why it has none. */
export interface Tried {
  candidate: Candidate;
  interval_s: number;
  /** Absent where no threshold parts the fault from the baseline. */
  rule?: { condition: Condition; replay: AlertReplay };
  /** Why it is no good; empty where it is. */
  why: string;
}

/** One candidate over a run, with several intervals. */
export interface Trial {
  candidate: Candidate;
  /** By interval, the finest last. */
  tracks: readonly Tracks[];
}

export const trialOf = (candidate: Candidate, stage: Stage, intervals: readonly number[]): Trial => ({
  candidate,
  tracks: intervals.map((interval_s) => tracksOf(candidate, stage.run, interval_s)),
});

/** The rule with one of the intervals, pending for one interval or for none. */
export function tryRule(trial: Trial, stage: Stage, of: { tracks: Tracks; for_s: number }): Tried {
  const { candidate, tracks: all } = trial;
  const { tracks, for_s } = of;
  const tried = { candidate, interval_s: tracks.interval_s };
  const each = all.flatMap((one) => worstInBaseline(one, stage) ?? []);
  const level = levelInFault(tracks, stage, for_s);
  if (each.length === 0) return { ...tried, why: 'it has no value in the baseline' };
  if (level === undefined) return { ...tried, why: 'the fault was over before it could fire' };
  const worst = candidate.fires === 'above' ? Math.max(...each) : Math.min(...each);
  const threshold = candidate.threshold(worst, level);
  if (threshold === undefined) return { ...tried, why: tooNear(candidate, worst, level) };
  const condition = { fires: candidate.fires, threshold, for_s };
  const found = replay(tracks, condition, stage);
  return {
    ...tried,
    rule: { condition, replay: found },
    why: whyNot(found, finestBaseline(trial, condition, stage)),
  };
}

function tooNear(candidate: Candidate, worst: number, level: number): string {
  if (!passes(level, { fires: candidate.fires, threshold: worst }))
    return `no worse than in the baseline: ${candidate.say(worst)} there`;
  return `too near to the baseline: ${candidate.say(worst)} there, ${candidate.say(level)} in the fault`;
}

/**
 * Whether the baseline is silent with the finest interval: what never passes in any few seconds does not pass in a
 * minute of them either, so this also tells for intervals that the baseline is too short for.
 */
function finestBaseline({ tracks }: Trial, condition: Condition, stage: Stage): AlertReplay | undefined {
  const finest = tracks.at(-1);
  return finest && replay(finest, { ...condition, for_s: 0 }, stage);
}

/** With fewer evaluations nothing is known of a baseline. */
const FEWEST_EVALUATIONS = 5;

function whyNot(found: AlertReplay, finest: AlertReplay | undefined): string {
  if (found.baseline === 'fires' || finest?.baseline === 'fires') return 'it fires in the baseline too';
  if (finest === undefined || finest.baseline === 'unknown')
    return 'not all of the baseline was observed, so it is not known to be silent there';
  if (finest.evaluations < FEWEST_EVALUATIONS) return 'the baseline is too short to call it silent';
  if (found.inTime) return '';
  if (found.fires.is === 'unknown') return found.fires.why;
  return found.fires.is === 'censored' ? 'it does not fire' : 'it fires only when all is over';
}

/** The same rule with each interval, for the table: its range and `for` go with the interval. */
export const replaysOf = (trial: Trial, condition: Condition, stage: Stage): AlertReplay[] =>
  trial.tracks
    .map((tracks) =>
      replay(tracks, { ...condition, for_s: condition.for_s === 0 ? 0 : tracks.interval_s }, stage),
    )
    .toSorted((a, b) => b.interval_s - a.interval_s);
