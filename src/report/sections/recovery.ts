import type { Truth } from '../../model/measure.ts';
import type { Nanos } from '../../model/time.ts';
import {
  badge,
  code,
  heading,
  type Inline,
  lead,
  paragraph,
  type Section,
  type Text,
  table,
} from '../document/blocks.ts';
import { findMeasure, healsItself, since, type View } from '../view.ts';
import { duration, measured, moment } from '../words/figures.ts';

const at = (view: View, t: Nanos | undefined): Text => (t === undefined ? '—' : moment(since(view, t)));

const truths: Record<Truth, Inline> = {
  true: badge('good', '✓ yes'),
  false: badge('bad', '✗ no'),
  unknown: badge('info', '? unknown'),
};

function brokenWords(spans: readonly { from_s: number; to_s: number }[]): string {
  if (spans.length === 0) return 'never';
  const total = spans.reduce((sum, span) => sum + span.to_s - span.from_s, 0);
  const shown = spans.slice(0, 3).map((span) => `${moment(span.from_s)} to ${moment(span.to_s)}`);
  const more = spans.length > 3 ? ` and ${spans.length - 3} more` : '';
  return `${duration(total)}: ${shown.join('; ')}${more}`;
}

function headline(view: View): Section['blocks'][number] {
  const recovered = findMeasure(view, { measure: 'recovered_after_s' });
  const undone = findMeasure(view, { measure: 'undone_after_s' });
  const words = [
    ...(recovered === undefined
      ? []
      : [`Steady again: ${measured(recovered.measured, 's')} after the first injection`]),
    ...(undone === undefined || view.result.injections.every(healsItself)
      ? []
      : [`all undone: ${measured(undone.measured, 's')}`]),
  ];
  return lead(words.length === 0 ? 'How long recovery took was not measured.' : `${words.join('; ')}.`);
}

/** When each target was restored and when all was steady again. */
export function recoverySection(view: View): Section {
  const { injections, steady } = view.result;
  const rows = injections.map((one) => [
    [code(one.injection.target.name)],
    at(view, one.acting),
    at(view, one.effective),
    healsItself(one) ? 'heals itself' : at(view, one.undone),
    at(view, one.recovered),
    one.evidence.recovery ?? one.failed ?? (one.recovered === undefined ? 'not proven' : ''),
  ]);
  const steadyRows = steady.map((one) => [
    [code(one.text)],
    [truths[one.baseline]],
    [truths[one.end]],
    brokenWords(one.broken),
  ]);
  return {
    id: 'recovery',
    title: 'Recovery',
    blocks: [
      ...(view.injected
        ? [headline(view)]
        : [lead('Nothing was injected, so there was nothing to recover from.')]),
      ...(rows.length === 0
        ? []
        : [
            heading('Targets'),
            table(['Target', '>injected', '>effect proven', '>undone', '>restored', 'evidence'], rows),
          ]),
      ...(steadyRows.length === 0
        ? [paragraph('No steady condition was written.')]
        : [heading('Steady'), table(['Condition', 'before', 'at the end', 'not steady'], steadyRows)]),
    ],
  };
}
