import type { SeriesDescriptor, SignalDescriptor } from '../../model/series.ts';
import type { MeasureContext } from '../measure.ts';
import { expressionOf } from '../promql/conventions.ts';
import { isOne, USUAL_RANGE } from '../promql/equivalent.ts';
import { numberText } from '../words.ts';
import type { Candidate } from './candidate.ts';
import { podsFor } from './pods.ts';
import { alertName, promDuration } from './promql.ts';
import { counterAt, gaugeAt } from './scraped.ts';
import { roundAbove } from './threshold.ts';

/** Counts of pods and processes: that there are more of them is nobody's trouble. */
const countsOnly = new Set(['pods', 'count']);

const sources: Readonly<Record<string, string>> = {
  'kubernetes.usage': 'the kubelet (cAdvisor), and kube-state-metrics for limits',
  process: "the process' own metrics (a Prometheus client library)",
};

/** Rules over gauges that Prometheus has too: above what they were in the baseline. */
export function gaugeCandidates(
  signal: SignalDescriptor,
  context: MeasureContext,
  job: string | undefined,
): Candidate[] {
  if (signal.kind === 'kubernetes.pods') return [];
  return signal.series.flatMap((series) =>
    series.family === 'gauge' && series.total !== true && !countsOnly.has(series.name)
      ? above({ signal, series }, context, job)
      : [],
  );
}

function above(
  of: { signal: SignalDescriptor; series: SeriesDescriptor },
  context: MeasureContext,
  job: string | undefined,
): Candidate[] {
  const { signal, series } = of;
  const pods = (name: string): ReturnType<typeof podsFor> => podsFor(name, context);
  const expr = expressionOf({ ...of, query: { range: USUAL_RANGE, range_s: 60, job, pods } });
  if (expr === undefined) return [];
  const usual = `[${USUAL_RANGE}]`;
  const isRate = expr.includes(usual);
  const compared = isOne(expr) ? expr : `(${expr})`;
  const at = { samples: context.samples, jumps: context.timeline.jumps, ...of };
  const scrape = (isRate ? counterAt : gaugeAt)(at, context.windows.run);
  return [
    {
      alert: `${alertName(signal.name)}${alertName(series.name)}High`,
      kind: 'cause',
      fires: 'above',
      isGauge: true,
      ranged: isRate,
      expr: (threshold, range_s) =>
        `${compared.replaceAll(usual, `[${promDuration(range_s)}]`)} > ${threshold}`,
      summary: `${signal.name}.${series.name} is {{ $value | humanize }}`,
      say: (value) => numberText(Number(value.toPrecision(3))),
      source: sources[signal.kind] ?? `what the signal ${signal.name} reads`,
      threshold: (worst, level) => roundAbove(worst, level, worst === 0 ? level / 100 : 0),
      scrape,
    },
  ];
}
