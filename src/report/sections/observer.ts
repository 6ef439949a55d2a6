import type { Chart } from '../charts/chart.ts';
import {
  type Block,
  badge,
  code,
  details,
  paragraph,
  type Section,
  sentence,
  table,
} from '../document/blocks.ts';
import type { View } from '../view.ts';
import { bareName } from '../words/expectation.ts';
import { measured } from '../words/figures.ts';

/** Whether we ourselves were fit to judge. */
export function observerSection(view: View, charts: readonly Chart[]): Section {
  const { observer, measures } = view.result;
  const own = measures.filter((one) => /^observer\.(\w+|run\.\w+\.max)$/.test(one.text));
  const rows = own.map((one) => [[code(one.text)], measured(one.measured, one.unit, bareName(one.text))]);
  return {
    id: 'observer',
    title: 'The observer’s own health',
    blocks: [
      paragraph([
        observer.ok ? badge('good', '✓ fit to judge') : badge('warn', '! limited'),
        ' ',
        ...(observer.words.length === 0 ? ['Nothing stood in its way.'] : []),
      ]),
      ...(observer.words.length === 0 ? [] : [{ is: 'list' as const, items: observer.words.map(sentence) }]),
      ...(rows.length === 0 ? [] : [table(['Measure', '>value'], rows)]),
      ...(charts.length === 0
        ? []
        : [
            details(
              'Charts of the observer',
              charts.map((chart): Block => ({ is: 'chart', chart })),
            ),
          ]),
    ],
  };
}
