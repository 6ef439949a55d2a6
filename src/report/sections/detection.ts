import { code, lead, paragraph, type Section, sentence, table } from '../document/blocks.ts';
import { findMeasure, type View } from '../view.ts';
import { shown } from '../words/detection.ts';
import { bareName } from '../words/expectation.ts';
import { duration, figure, measured, moment } from '../words/figures.ts';
import { detectors } from './verdict.ts';

const alertKinds = /alertmanager|alerts/;
const monitoringKinds = /prometheus|grafana|victoria|monitoring/;

const strengthWords = (strength: number): string => (strength >= 1000 ? 'over 1000' : figure(strength));

/** Which signal showed it first and most strongly, and what the alerts did. */
export function detectionSection(view: View): Section {
  const { first, strongest } = detectors(view);
  const rows = view.result.detection
    .toSorted((a, b) => a.after_s - b.after_s)
    .map((one) => [[code(one.text)], moment(one.after_s), strengthWords(one.strength), sentence(shown(one))]);
  const summary =
    first === undefined || strongest === undefined
      ? lead('No signal left its baseline.')
      : first.text === strongest.text
        ? lead([
            code(first.text),
            ` showed it first, ${duration(first.after_s)} after the injection, and most strongly.`,
          ])
        : lead([
            code(first.text),
            ` showed it first, ${duration(first.after_s)} after the injection; `,
            code(strongest.text),
            ' showed it most strongly.',
          ]);
  return {
    id: 'detection',
    title: 'Detection',
    blocks: [
      summary,
      ...(rows.length === 0
        ? []
        : [
            table(['Signal', '>first seen', '>strength', 'what it showed'], rows),
            paragraph('Strength: how far it left its baseline, in spreads of the baseline.'),
          ]),
      ...alerts(view),
    ],
  };
}

function alerts(view: View): Section['blocks'] {
  const watched = view.result.signals.filter((signal) => alertKinds.test(signal.kind));
  if (watched.length === 0)
    return [
      paragraph(
        'No alerting was watched in this run, so it cannot say whether anybody would have been called.',
      ),
    ];
  const rows = view.result.measures
    .filter((one) =>
      watched.some(
        (signal) => one.text.startsWith(`${signal.name}[`) || one.text.startsWith(`${signal.name}.`),
      ),
    )
    .map((one) => [[code(one.text)], measured(one.measured, one.unit, bareName(one.text))]);
  return [table(['Alert', 'came out as'], rows)];
}

/** Where their own monitoring was blind. */
export function monitoringSection(view: View): Section {
  const watched = view.result.signals.some((signal) => monitoringKinds.test(signal.kind));
  const blind = findMeasure(view, { measure: 'monitoring.blind_s' });
  const words =
    watched && blind !== undefined
      ? `Their monitoring did not see for ${measured(blind.measured, 's')} of this run.`
      : 'Their own monitoring was not watched in this run, so it cannot say whether it was blind.';
  return { id: 'monitoring', title: 'Monitoring', blocks: [paragraph(words)] };
}
