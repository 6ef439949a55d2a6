import { podsFor } from '../../judge/alerts/pods.ts';
import { promDuration } from '../../judge/alerts/promql.ts';
import { compile } from '../../judge/expression/compile.ts';
import { environmentOf } from '../../judge/expression/environment.ts';
import { predictedWindow } from '../../judge/measure.ts';
import type { PodLabels, QueryContext } from '../../judge/promql/equivalent.ts';
import { promqlOf } from '../../judge/promql/promql.ts';
import type { MeasureRef } from '../../model/measure.ts';
import {
  type Block,
  code,
  details,
  faint,
  lineBreak,
  paragraph,
  type Text,
  table,
} from '../document/blocks.ts';
import { clock, type View } from '../view.ts';

/** The measures that predictions and `steady` name, each once. */
function measuresNamed({ result }: View): MeasureRef[] {
  const environment = environmentOf(result.signals);
  const texts = [...result.predictions.map(({ expect }) => expect), ...result.steady.map(({ text }) => text)];
  const refs = texts.flatMap((text) => {
    const compiled = compile(text, environment);
    return compiled.ok ? compiled.value.refs : [];
  });
  return refs.filter((ref, index) => refs.findIndex(({ text }) => text === ref.text) === index);
}

function queryOf(view: View, ref: MeasureRef): { query: QueryContext; at: string } {
  const { signals, windows } = view.result;
  const span = predictedWindow(ref, { signals, windows }) ?? windows.run;
  const range_s = Math.max(1, Math.round((span.to - span.from) / 1e9));
  const context = { ...view, signals, windows, defaultWindow: 'predict' } as const;
  const pods = (name: string): PodLabels => podsFor(name, context);
  return {
    query: { range: promDuration(range_s), range_s, job: view.plan.system.name, pods },
    at: clock(view, span.to),
  };
}

/** A rate needs two scrapes in its range, and is usually asked for over four of the usual 15 s. */
const SHORT_S = 60;
const SHORT =
  ' A range that holds fewer than two scrapes has no rate: where Prometheus scrapes every 15 s, write [1m] for a shorter one, which then holds some of the time before, too.';

/** Every measure of the predictions and of `steady` in PromQL, to be looked for in one's own dashboards. */
export function promqlBlocks(view: View): Block[] {
  let isShort = false;
  const rows = measuresNamed(view).map((ref): Text[] => {
    const { query, at } = queryOf(view, ref);
    const found = promqlOf(ref, { signals: view.result.signals, query });
    if (found.is === 'none') return [[code(ref.text)], [faint(`none: ${found.why}`)], ''];
    isShort ||= query.range_s < SHORT_S;
    const differs = found.differs === undefined ? [] : [lineBreak, faint(found.differs)];
    return [[code(ref.text)], [code(found.text), ...differs], at];
  });
  if (rows.length === 0) return [];
  return [
    details('The same in PromQL', [
      paragraph(
        `Each query is meant for the moment at which its window ended. The metrics have their conventional names: put in those of your system. Prometheus sees what its scrapes saw; what was shorter than their interval is not there.${isShort ? SHORT : ''}`,
      ),
      table(['Measure', 'in PromQL', 'at (UTC)'], rows),
    ]),
  ];
}
