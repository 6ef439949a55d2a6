import type { Measured, Truth } from '../../model/measure.ts';
import type { Timeline } from '../../model/timeline.ts';
import {
  type PredictionResult,
  type RunVerdict,
  runVerdicts,
  type SteadyResult,
} from '../../model/verdict.ts';
import { unrestored } from '../windows.ts';
import { measuredText } from '../words.ts';
import type { ObserverHealth } from './observer.ts';

/** All that the verdict of a run depends on. */
export interface Evidence {
  timeline: Timeline;
  /** The number of entries under `faults:`. */
  faults: number;
  steady: readonly SteadyResult[];
  recovered: Measured;
  predictions: readonly PredictionResult[];
  /** See `whyUnproven`. */
  unproven: string | undefined;
  observer: ObserverHealth;
}

export interface Reason {
  verdict: RunVerdict;
  text: string;
}

/** Everything that speaks against `as-predicted`, worst first; the first one's verdict is the run's. */
export function reasonsOf(evidence: Evidence): Reason[] {
  const reasons = [
    ...notRestored(evidence),
    ...notSteady(evidence),
    ...aborted(evidence),
    ...failedPredictions(evidence),
    ...inconclusive(evidence),
  ];
  return reasons.toSorted((a, b) => runVerdicts.indexOf(a.verdict) - runVerdicts.indexOf(b.verdict));
}

export const verdictOf = (reasons: readonly Reason[]): RunVerdict => reasons[0]?.verdict ?? 'as-predicted';

function notRestored({ timeline }: Evidence): Reason[] {
  return unrestored(timeline).map(({ injection, failed }) => ({
    verdict: 'unrecovered',
    text:
      `${injection.target.name} was not proven to be as it was before ${injection.fault}` +
      `${failed === undefined ? '' : `: ${failed}`}.${timeline.ended === undefined ? ' The recording ends before.' : ''}`,
  }));
}

/** Somebody who ends a run does not wait for steady: then it is not said to be missing. */
function notSteady({ timeline, steady, recovered }: Evidence): Reason[] {
  const interrupted = timeline.abort?.by === 'interrupt' || timeline.abort?.by === 'stop';
  if (steady.length === 0 || recovered.is !== 'censored' || interrupted || timeline.ended === undefined)
    return [];
  const broken = steady.filter(({ end }) => end === 'false').map(({ text }) => `\`${text}\``);
  const which = broken.length === 0 ? '`steady`' : broken.join(', ');
  return [
    {
      verdict: 'unrecovered',
      text: `${which} did not hold again at the end: the recovery took ${measuredText(recovered, 's')}.`,
    },
  ];
}

function aborted({ timeline: { abort } }: Evidence): Reason[] {
  return abort === undefined ? [] : [{ verdict: 'aborted', text: `The run was aborted: ${abort.text}.` }];
}

function failedPredictions({ predictions }: Evidence): Reason[] {
  return predictions
    .filter(({ verdict }) => verdict === 'failed')
    .map(({ id, expect, measures }) => {
      const was = measures
        .map(({ text, measured, unit }) => `${text} was ${measuredText(measured, unit)}`)
        .join(', ');
      return { verdict: 'deviated', text: `The prediction ${id} failed: \`${expect}\`; ${was}.` };
    });
}

function inconclusive(evidence: Evidence): Reason[] {
  const { timeline, steady, recovered, predictions, unproven, observer } = evidence;
  const because = (text: string): Reason => ({ verdict: 'inconclusive', text });
  const unsteady = (truth: Truth): boolean => truth !== 'true';
  return [
    ...(unproven === undefined ? [] : [because(`${capitalized(unproven)}.`)]),
    ...(timeline.ended === undefined
      ? [because('Its recording ends before its end: the run was killed, or could not begin.')]
      : []),
    ...steady
      .filter(({ baseline }) => unsteady(baseline))
      .map(({ text, baseline }) =>
        because(`\`${text}\` ${baseline === 'false' ? 'did not hold' : 'is unknown'} before the fault.`),
      ),
    ...(notSteady(evidence).length > 0 ? [] : unknownRecovery(evidence, recovered).map(because)),
    ...predictions
      .filter(({ verdict }) => verdict === 'unknown')
      .map(({ id, why }) => because(`The prediction ${id} is unknown: ${why ?? 'not enough was observed'}.`)),
    ...(observer.ok ? [] : [because(`We were not fit to judge: ${observer.words[0] ?? ''}`)]),
  ];
}

function unknownRecovery({ faults, steady, timeline }: Evidence, recovered: Measured): string[] {
  if (steady.length === 0) return [];
  if (faults === 0) {
    return steady
      .filter(({ end }) => end !== 'true')
      .map(({ text, end }) => `\`${text}\` ${end === 'false' ? 'did not hold' : 'is unknown'} at the end.`);
  }
  if (timeline.injections.every((record) => record.acting === undefined)) return [];
  if (recovered.is === 'unknown') return [`Whether \`steady\` came back is unknown: ${recovered.why}.`];
  return recovered.is === 'censored' ? ['`steady` was not back when the run ended.'] : [];
}

const capitalized = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
