import type { Measured, MeasureWindow } from '../../model/measure.ts';
import type { Timeline } from '../../model/timeline.ts';
import type { Detection, Impact, MeasureResult, PredictionResult, RunVerdict } from '../../model/verdict.ts';
import { ledgerOutcome } from '../derived/http-ledger.ts';
import { type MeasureContext, measure } from '../measure.ts';
import { measuredText, numberText, secondsText } from '../words.ts';
import { loadsOf } from './buckets.ts';
import { feltText } from './felt.ts';
import type { Reason } from './verdict.ts';

export interface Told {
  verdict: RunVerdict;
  reasons: readonly Reason[];
  context: MeasureContext;
  predictions: readonly PredictionResult[];
  impact: Impact;
  measures: readonly MeasureResult[];
  detection: readonly Detection[];
  recovered: Measured;
  hasSteady: boolean;
}

/** The run in a few sentences for a colleague who was not there: verdict, what was broken, what users felt, how long. */
export function summaryOf(told: Told): string {
  const { timeline } = told.context;
  if (timeline.injections.length === 0 && timeline.notStarted === undefined) return watched(told);
  const sentences = [verdictSentence(told), broken(timeline)];
  if (told.context.windows.origin !== undefined) {
    sentences.push(felt(told), writes(told), howLong(told), noticed(told));
  }
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** A run that breaks nothing: what its loads came to, first where there is no prediction to speak of. */
function watched(told: Told): string {
  const came = loadsCame(told, 'run', 'in the whole run');
  const figures = came === '' ? '' : `${came}.`;
  const measuredOnly = told.verdict === 'as-predicted' && told.predictions.length === 0;
  const sentences = measuredOnly
    ? [figures, writes(told), 'Nothing was broken and nothing predicted: this run only measured.']
    : [verdictSentence(told), figures, writes(told), 'Nothing was broken.'];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function verdictSentence({ verdict, reasons, predictions }: Told): string {
  const first = reasons[0]?.text ?? '';
  switch (verdict) {
    case 'unrecovered':
      return `Unrecovered: ${first}`;
    case 'aborted':
      return first;
    case 'deviated': {
      const failed = predictions.filter((one) => one.verdict === 'failed').map(({ id }) => id);
      const judged = predictions.filter((one) => one.verdict !== 'unknown').length;
      return `Not as predicted: ${failed.join(', ')} failed (${failed.length} of ${judged} predictions that could be judged).`;
    }
    case 'inconclusive':
      return `Inconclusive: ${first}`;
    case 'as-predicted':
      return predictions.length === 0
        ? 'Nothing was predicted, and all is well.'
        : `As predicted: ${predictions.length === 1 ? 'the one prediction' : `all ${predictions.length} predictions`} held.`;
  }
}

function broken({ injections, notStarted }: Timeline): string {
  const made = injections.filter(({ acting }) => acting !== undefined);
  if (made.length === 0)
    return notStarted === undefined ? 'Nothing was broken.' : 'Nothing was broken: the run ended before.';
  const each = made.map(({ injection }) => `${injection.target.name} (${injection.fault})`);
  return `Broken: ${[...new Set(each)].join(', ')}.`;
}

/** Shorter outages are a request or two. */
const WORTH_A_WORD_S = 0.1;

function felt(told: Told): string {
  const came = loadsCame(told, 'fault', 'while the fault lasted');
  return `${feltText({ impact: told.impact, measures: told.measures, signals: told.context.signals })}${came === '' ? '' : ` (${came})`}.`;
}

/** `votes: 99.5 % succeeded while the fault lasted, p95 12 ms`, for each load. */
function loadsCame({ context }: Told, window: MeasureWindow, when: string): string {
  const loads = loadsOf(context.signals);
  const parts = loads.map(({ signal, series }) => {
    const of = (name: string): Measured =>
      measure({ signal: signal.name, series: series.name, window, measure: name, text: name }, context);
    const outage = of('longest_outage_s');
    const down =
      outage.is === 'value' && Number(outage.value) >= WORTH_A_WORD_S
        ? `, the longest outage ${secondsText(Number(outage.value))}`
        : '';
    return `${signal.name}: ${percentText(of('availability'))} succeeded ${when}, p95 ${measuredText(of('p95_ms'), 'ms')}${down}`;
  });
  return parts.join('; ');
}

/** What became of the acknowledged writes, where a ledger was kept. */
function writes({ context }: Told): string {
  const ledgers = context.signals.filter(({ derived }) => derived.some(({ by }) => by === 'http-ledger'));
  const words = ledgers.map(({ name }) => {
    const outcome = ledgerOutcome(context.samples, name);
    if (outcome.is === 'unread') return `Whether acknowledged ${name} were lost is not known.`;
    const { acked, lost, duplicated } = outcome.read;
    const twice = duplicated === 0 ? '' : ` ${duplicated} are stored more than once.`;
    if (lost > 0) return `${lost} of ${acked} acknowledged ${name} are lost.${twice}`;
    return acked === 0 ? '' : `None of ${acked} acknowledged ${name} is lost.${twice}`;
  });
  return words.filter((word) => word !== '').join(' ');
}

function percentText(measured: Measured): string {
  if (measured.is !== 'value' || typeof measured.value !== 'number') return measuredText(measured);
  const floored = Math.floor(measured.value * 1e5) / 1e3;
  // 99.992 % is not 100 %.
  return `${floored > 99 ? floored : numberText(floored)} %`;
}

function howLong({ recovered, hasSteady }: Told): string {
  if (!hasSteady) return '';
  switch (recovered.is) {
    case 'value':
      return recovered.value === 0
        ? 'It stayed steady all the time.'
        : `It was steady again ${measuredText(recovered, 's')} after the first injection.`;
    case 'bounded':
      return `It was steady again ${measuredText(recovered, 's')} after the first injection.`;
    case 'censored':
      return `It was not steady again until the end, ${measuredText(recovered, 's')} after the first injection.`;
    case 'unknown':
      return '';
  }
}

/** Less of a difference in strength is not worth a sentence. */
const MUCH_CLEARER = 3;

function noticed({ detection }: Told): string {
  const [first] = detection;
  if (first === undefined) return '';
  const strongest = detection.reduce((best, one) => (one.strength > best.strength ? one : best), first);
  const also =
    strongest.strength < MUCH_CLEARER * first.strength ? '' : ` ${strongest.text} showed it most clearly.`;
  return `${first.text} showed it first, after ${secondsText(first.after_s)}.${also}`;
}
