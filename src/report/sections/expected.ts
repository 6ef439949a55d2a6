import type { PredictionResult, PredictionVerdict } from '../../model/verdict.ts';
import {
  badge,
  code,
  faint,
  type Inline,
  lead,
  lineBreak,
  paragraph,
  type Section,
  sentence,
  strong,
  type Text,
  type Tone,
  table,
} from '../document/blocks.ts';
import type { View } from '../view.ts';
import { bareName, inWords, sureness } from '../words/expectation.ts';
import { counted, measured, percent } from '../words/figures.ts';
import { promqlBlocks } from './promql.ts';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function said(prediction: PredictionResult): Inline[] {
  const words = inWords(prediction.expect);
  return words === undefined
    ? [code(prediction.expect)]
    : [capital(words), lineBreak, code(prediction.expect)];
}

function sure(prediction: PredictionResult): Text {
  const { confidence } = prediction;
  return confidence === undefined
    ? [faint('not said')]
    : [percent(confidence), lineBreak, faint(sureness(confidence))];
}

/** What we expected, before anything was broken, in words. */
export function expectedSection(view: View): Section {
  const { predictions } = view.result;
  const steady = view.plan.experiment.steady;
  const rows = predictions.map((one) => [[strong(one.id)], said(one), sure(one)]);
  return {
    id: 'expected',
    title: 'What we expected',
    blocks: [
      predictions.length === 0
        ? lead(
            'No prediction was written. A run without a prediction shows what happens, but nobody learns how well they know the system.',
          )
        : lead(`Written before the fault: ${counted(predictions.length, 'prediction')}.`),
      ...(predictions.length === 0 ? [] : [table(['Prediction', 'We expected', 'How sure'], rows)]),
      ...(steady.length === 0
        ? []
        : [
            paragraph('Steady means, before the fault and again after it:'),
            {
              is: 'list' as const,
              items: steady.map(
                (one): Text => [
                  code(one.text),
                  ...(inWords(one.text) === undefined ? [] : [' ', faint(inWords(one.text) ?? '')]),
                ],
              ),
            },
          ]),
    ],
  };
}

const marks: Record<PredictionVerdict, { tone: Tone; word: string }> = {
  held: { tone: 'good', word: '✓ held' },
  failed: { tone: 'bad', word: '✗ failed' },
  unknown: { tone: 'info', word: '? unknown' },
};

/** How much the outcome surprises: a failure that we were sure of most, a success that we were sure of least. */
export function surprise(prediction: PredictionResult): number {
  const confidence = prediction.confidence ?? 0.5;
  if (prediction.verdict === 'unknown') return 1;
  return prediction.verdict === 'failed' ? 2 + confidence : 1 - confidence;
}

function actual(prediction: PredictionResult): Inline[] {
  const lines = prediction.measures.flatMap((one, index): Inline[] => {
    const { measured: of } = one;
    const words = of.is === 'unknown' ? 'unknown' : measured(of, one.unit, bareName(one.text));
    const why = of.is === 'unknown' && of.why !== prediction.why ? [lineBreak, faint(of.why)] : [];
    return [...(index === 0 ? [] : [lineBreak]), strong(words), lineBreak, faint(one.text), ...why];
  });
  const why = prediction.why === undefined ? [] : [lineBreak, ...sentence(prediction.why)];
  return lines.length === 0 ? [...sentence(prediction.why ?? '—')] : [...lines, ...why];
}

function surpriseWords(prediction: PredictionResult): Inline[] {
  const { confidence, verdict } = prediction;
  if (confidence === undefined || verdict === 'unknown') return [faint('not scored')];
  const words = percent(confidence);
  const score =
    prediction.brier === undefined ? [] : [lineBreak, faint(`score ${prediction.brier.toFixed(2)}`)];
  if (verdict === 'failed' && confidence >= 0.75) return [strong(`${words}: a surprise`), ...score];
  if (verdict === 'held' && confidence <= 0.5) return [strong(`${words}: better than thought`), ...score];
  return [words, ...score];
}

/** Expected against actual, the surprise first. */
export function scoredSection(view: View): Section {
  const sorted = view.result.predictions.toSorted((a, b) => surprise(b) - surprise(a));
  const { brier } = view.result;
  const score =
    brier === undefined
      ? ''
      : ` Over all scored predictions the Brier score is ${brier.toFixed(2)}: 0 is perfect, 0.25 is what a coin would get.`;
  const rows = sorted.map((one) => {
    const mark = marks[one.verdict];
    return [
      [badge(mark.tone, mark.word)],
      [strong(one.id), lineBreak, ...said(one)],
      actual(one),
      surpriseWords(one),
    ];
  });
  return {
    id: 'scored',
    title: 'Expected against actual',
    blocks:
      sorted.length === 0
        ? [paragraph('There was no prediction to judge.')]
        : [
            lead(`The surprise first.${score}`),
            table(['Verdict', 'Expected', 'Actual', 'How sure'], rows),
            ...promqlBlocks(view),
          ],
  };
}
