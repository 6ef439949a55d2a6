import { feltText } from '../../judge/findings/felt.ts';
import type { MeasureWindow } from '../../model/measure.ts';
import type { Impact, PredictionResult, RunResult, RunVerdict } from '../../model/verdict.ts';
import {
  type Block,
  code,
  type Fact,
  type Head,
  type Inline,
  sentence,
  type Tone,
  type VerdictIcon,
} from '../document/blocks.ts';
import {
  breaksNothing,
  clock,
  date,
  findMeasure,
  healsItself,
  numberOf,
  seriesOf,
  since,
  type View,
} from '../view.ts';
import { shown } from '../words/detection.ts';
import { counted, duration, listed, measured, moment } from '../words/figures.ts';
import { loadWords, nothingSucceeded, onlyMeasured } from '../words/loads.ts';
import { dataFacts } from './data.ts';
import { reasonsBeside } from './reasons.ts';
import { sloFacts } from './slo.ts';

const looks: Record<RunVerdict, { word: string; tone: Tone; icon: VerdictIcon }> = {
  'as-predicted': { word: 'As predicted', tone: 'good', icon: 'check' },
  deviated: { word: 'Deviated', tone: 'warn', icon: 'delta' },
  inconclusive: { word: 'Inconclusive', tone: 'info', icon: 'question' },
  aborted: { word: 'Aborted', tone: 'warn', icon: 'stop' },
  unrecovered: { word: 'Unrecovered', tone: 'bad', icon: 'alarm' },
};

/** The verdict of a run as a word, with its tone; one that only measured has no verdict to speak of. */
export function resultLook(
  result: Pick<RunResult, 'verdict' | 'injections' | 'predictions' | 'signals' | 'measures'>,
): { word: string; tone: Tone; icon: VerdictIcon } {
  if (!onlyMeasured(result)) return looks[result.verdict];
  return nothingSucceeded(result)
    ? { word: 'Measured: nothing succeeded', tone: 'bad', icon: 'alarm' }
    : { word: 'Measured', tone: 'info', icon: 'check' };
}

const impactLooks: Record<Impact, { word: string; tone: Tone }> = {
  none: { word: 'none', tone: 'good' },
  slow: { word: 'slow', tone: 'warn' },
  failing: { word: 'failing', tone: 'bad' },
  both: { word: 'slow and failing', tone: 'bad' },
  unknown: { word: 'unknown', tone: 'info' },
};

/** What users felt: a word, its tone, and the sentence of the summary. */
export const impactWords = ({
  impact,
  measures,
  signals,
}: Pick<RunResult, 'impact' | 'measures' | 'signals'>): { word: string; tone: Tone; says: string } => ({
  ...impactLooks[impact],
  says: `${feltText({ impact, measures, signals })}.`,
});

/** Up to the first full stop that a new sentence follows. */
const firstSentence = (text: string): string => /^.*?[.!?](?=\s+[A-Z])/s.exec(text)?.[0] ?? text;

/** The head of the page. */
export function headOf(view: View): Head {
  const { result, plan } = view;
  const { run } = result.windows;
  const first = firstSentence(result.summary);
  const lead = first.replace(/^(?:As predicted|Not as predicted|Inconclusive|Unrecovered): /, '');
  return {
    title: result.title,
    question: result.question,
    ...resultLook(result),
    lead: sentence(capital(lead)),
    summary: sentence(result.summary.slice(first.length).trim()),
    reasons: reasonsBeside(result, 'failed predictions').map(sentence),
    meta: [
      { label: 'when', value: date(view, run.from) },
      { label: 'lasted', value: duration(Math.round(since(view, run.to) - since(view, run.from))) },
      { label: 'system', value: plan.system.name },
      { label: 'run', value: result.run },
    ],
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const held = (predictions: readonly PredictionResult[]): number =>
  predictions.filter((one) => one.verdict === 'held').length;

function predictionFact(view: View): Fact {
  const { predictions, brier } = view.result;
  const failed = predictions.some((one) => one.verdict === 'failed');
  if (predictions.length === 0) return { label: 'Predictions', value: 'none made' };
  if (predictions.every((one) => one.verdict === 'unknown'))
    return {
      label: 'Predictions',
      value: 'unknown',
      tone: 'info',
      note: `none of ${predictions.length} could be judged`,
    };
  const all = held(predictions) === predictions.length;
  return {
    label: 'Predictions held',
    value: `${held(predictions)} of ${predictions.length}`,
    tone: all ? 'good' : failed ? 'warn' : 'info',
    note:
      brier === undefined ? 'not scored' : `Brier score ${brier.toFixed(2)} (0 is best, 0.25 a coin toss)`,
  };
}

function recoveryFact(view: View): Fact {
  const found = findMeasure(view, { measure: 'recovered_after_s' });
  if (!view.injected || found === undefined)
    return { label: 'Steady again after', value: '—', note: 'nothing was injected' };
  if (numberOf(found) === 0)
    return { label: 'Steady again after', value: '0 s', note: 'it stayed steady all the time', tone: 'good' };
  return {
    label: 'Steady again after',
    value: found.measured.is === 'unknown' ? 'unknown' : measured(found.measured, 's'),
    note: 'from the first injection',
  };
}

/** The first load: what users of the system are, in this run. */
const mainLoad = (view: View): string | undefined => seriesOf(view, 'operations')[0]?.signal;

/** What a load's users got, in words; only what is known. */
interface LoadFigures {
  signal: string;
  availability?: string;
  failed?: number;
  before?: string;
  during?: string;
}

function loadFigures(view: View): LoadFigures | undefined {
  const signal = mainLoad(view);
  if (signal === undefined) return undefined;
  const window = view.injected ? 'fault' : 'run';
  const find = (which: MeasureWindow, name: string) =>
    findMeasure(view, { signal, window: which, measure: name });
  const words = (which: MeasureWindow, name: string): string | undefined => {
    const found = find(which, name);
    return found === undefined || found.measured.is === 'unknown'
      ? undefined
      : measured(found.measured, found.unit, name);
  };
  const all = {
    availability: words(window, 'availability'),
    failed: numberOf(find(window, 'failed')),
    before: words('baseline', 'p95_ms'),
    during: words(window, 'p95_ms'),
  };
  return { signal, ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
}

const stretch = (view: View): string => (view.injected ? 'while the fault lasted' : 'in the whole run');

function loadFacts(view: View): Fact[] {
  const load = loadFigures(view);
  if (load === undefined) return [];
  const { signal, availability, failed, before, during } = load;
  const failures = failed === undefined ? '' : `${counted(failed, 'failure')} `;
  const compared = before === undefined || !view.injected ? '' : `${before} before the fault`;
  return [
    ...(availability === undefined
      ? []
      : [{ label: `Successful ${signal}`, value: availability, note: `${failures}${stretch(view)}` }]),
    ...(during === undefined ? [] : [{ label: `Latency of ${signal}, p95`, value: during, note: compared }]),
  ];
}

/** The figures of a run that breaks nothing: what each load came to. */
function measuredFacts(view: View): Fact[] {
  const { predictions } = view.result;
  const loads = loadWords(view.result).flatMap(
    ({ name, sent, succeeded, latency, errors, failing }): Fact[] => {
      const [share, count] = [succeeded.share, succeeded.count];
      return [
        { label: `Successful ${name}`, value: share, note: `${count} of ${sent}` },
        {
          label: `Latency of ${name}, p95`,
          value: latency.p95,
          note: `p50 ${latency.p50}, p99 ${latency.p99}`,
        },
        { label: `Errors of ${name}`, value: errors, tone: failing ? 'bad' : 'good' },
      ];
    },
  );
  return [
    ...(predictions.length === 0 ? [] : [predictionFact(view)]),
    ...sloFacts(view),
    ...loads,
    ...dataFacts(view),
  ];
}

/** The figures right below the verdict. */
export function factsOf(view: View): Block {
  if (breaksNothing(view)) return { is: 'facts', facts: measuredFacts(view) };
  const impact = impactWords(view.result);
  return {
    is: 'facts',
    facts: [
      { label: 'User impact', value: impact.word, tone: impact.tone, note: impact.says },
      predictionFact(view),
      recoveryFact(view),
      ...loadFacts(view),
      ...dataFacts(view),
      ...sloFacts(view),
    ],
  };
}

function doneWords(view: View): Inline[] {
  const done = view.result.injections.filter((one) => one.acting !== undefined);
  if (breaksNothing(view))
    return [`${capital(listed(view.plan.watched.map((one) => one.text)))}. Nothing was broken.`];
  if (done.length === 0) return [...sentence(view.timeline.notStarted ?? 'Nothing was injected.')];
  const words = done.slice(0, 4).flatMap((one, index): Inline[] => {
    const held_s =
      one.acting !== undefined && one.undoing !== undefined ? (one.undoing - one.acting) / 1e9 : 0;
    const lasted = held_s > 1 ? ` for ${duration(Math.round(held_s))}` : '';
    return [
      index === 0 ? '' : ', ',
      code(one.injection.fault),
      ' on ',
      code(one.injection.target.name),
      lasted,
      ` at ${clock(view, one.acting ?? 0)} UTC`,
    ];
  });
  const more = done.length > 4 ? `, and ${done.length - 4} more` : '';
  const load = view.plan.watched.filter((one) =>
    seriesOf(view, 'operations').some((series) => series.signal === one.name),
  );
  return [
    ...words,
    `${more}.`,
    ...(load.length === 0 ? [] : [` Under load: ${listed(load.map((one) => one.text))}.`]),
  ];
}

function seenWords(view: View): string {
  const load = loadFigures(view);
  const { availability, failed, before, during } = load ?? {};
  const failures = failed === undefined || failed === 0 ? '' : ` (${counted(failed, 'failure')})`;
  const compared = before === undefined || !view.injected ? '' : `, ${before} before`;
  const surprises = view.result.predictions
    .filter((one) => one.verdict === 'failed')
    .map((one) => `‘${one.id}’`);
  const parts = [
    ...(breaksNothing(view) ? [] : [impactWords(view.result).says]),
    ...(availability === undefined
      ? []
      : [`${availability} of ${load?.signal ?? ''} succeeded ${stretch(view)}${failures}.`]),
    ...(during === undefined ? [] : [`Their p95 latency was ${during}${compared}.`]),
    ...(surprises.length === 0 ? [] : [`Against our prediction: ${listed(surprises)}.`]),
  ];
  return parts.join(' ');
}

function recoveryWords(view: View): string {
  if (!view.injected) return 'There was nothing to recover from.';
  const recovered = findMeasure(view, { measure: 'recovered_after_s' });
  const undone = numberOf(findMeasure(view, { measure: 'undone_after_s' }));
  const isUndone = view.result.injections.some((one) => !healsItself(one));
  const undoing =
    undone === undefined || !isUndone ? '' : ` Everything was undone ${duration(undone)} after it.`;
  const number = numberOf(recovered);
  if (number === 0) return `Everything stayed steady all the time.${undoing}`;
  if (number !== undefined)
    return `${duration(number)} after the first injection everything was steady, and stayed so.${undoing}`;
  if (recovered === undefined) return `Not measured.${undoing}`;
  return `${measured(recovered.measured, 's')}.${undoing}`;
}

/** The signal that showed it first, and the one that showed it most strongly. */
export function detectors(view: View): {
  first?: View['result']['detection'][number];
  strongest?: View['result']['detection'][number];
} {
  const { detection } = view.result;
  const first = detection.toSorted((a, b) => a.after_s - b.after_s)[0];
  const strongest = detection.toSorted((a, b) => b.strength - a.strength)[0];
  return { ...(first === undefined ? {} : { first }), ...(strongest === undefined ? {} : { strongest }) };
}

function detectionWords(view: View): Inline[] {
  const { first, strongest } = detectors(view);
  if (first === undefined || strongest === undefined)
    return [
      view.injected
        ? 'No signal left its baseline: nothing that we watched showed it.'
        : 'Nothing was injected, so there was nothing to show.',
    ];
  const start: Inline[] = ['First: ', code(first.text), ` ${moment(first.after_s)}. `];
  const same = first.text === strongest.text;
  return [
    ...start,
    ...(same ? ['It was also the strongest: '] : (['Strongest: ', code(strongest.text), ', '] as Inline[])),
    `${shown(strongest)}.`,
  ];
}

/** The four questions of a drill, answered. */
export const answersOf = (view: View): Block => ({
  is: 'answers',
  answers: [
    { question: 'What was done?', answer: doneWords(view) },
    { question: 'What was seen?', answer: seenWords(view) },
    ...(breaksNothing(view)
      ? []
      : [
          { question: 'How long until recovery?', answer: recoveryWords(view) },
          { question: 'Which signal showed it first and strongest?', answer: detectionWords(view) },
        ]),
  ],
});
