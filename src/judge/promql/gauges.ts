import { expressionOf } from './conventions.ts';
import { type Asked, type Equivalent, isOne, none, over, promql, secondsOf } from './equivalent.ts';

const ownSeries = new Set(['schedule_error_ms', 'generator_cpu_percent']);

const functions: Record<string, string> = {
  min: 'min_over_time',
  mean: 'avg_over_time',
  max: 'max_over_time',
};

/** A gauge in PromQL: by the query that its descriptor gives, or by the name it usually has. */
export function gaugePromql(asked: Asked): Equivalent {
  const { ref, signal, series, query } = asked;
  if (signal.kind === 'observer' || ownSeries.has(series.name))
    return none('our own health, which the target knows nothing of');
  const expr = expressionOf(asked);
  if (expr === undefined) return none(`no metric is usual for what ${signal.name}.${series.name} tells`);
  const differs = series.promql === undefined ? 'as it was at each scrape' : undefined;
  const name = functions[ref.measure];
  if (ref.measure === 'last') return promql(expr, differs);
  if (name !== undefined) return promql(`${name}(${over(expr, query)})`, differs);
  const limit = typeof ref.key === 'number' ? ref.key : 1;
  const compared = isOne(expr) ? expr : `(${expr})`;
  switch (ref.measure) {
    case 'above_s':
      return promql(secondsOf(`${compared} > ${limit}`, query), differs);
    case 'below_s':
      return promql(secondsOf(`${compared} < ${limit}`, query), differs);
    default:
      return none(`gauges have no measure ${ref.measure}`);
  }
}
