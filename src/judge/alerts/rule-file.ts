import { stringify } from 'yaml';
import type { AlertProposal, AlertRule } from '../../model/alert.ts';
import { promDuration } from './promql.ts';

const WIDTH = 100;

/** A long expression on lines of its own: PromQL breaks where it may have a blank. */
const broken = (expr: string): string =>
  expr.length <= WIDTH / 2 ? expr : expr.replace(/ \/ (?=sum\()/, '\n/ ').replace(/, (?=sum by)/, ',\n  ');

/** Rules as a rule file of Prometheus; in a PrometheusRule the same stands under `spec:`. */
export function ruleFile(rules: readonly AlertRule[], interval_s: number): string {
  const group = {
    name: 'aftershock',
    interval: promDuration(interval_s),
    rules: rules.map(({ alert, expr, for_s, labels, annotations }) => ({
      alert,
      expr: broken(expr),
      for: promDuration(for_s),
      labels,
      annotations,
    })),
  };
  return stringify({ groups: [group] }, { lineWidth: WIDTH });
}

/** A proposal's rule file; undefined where it proposes none. */
export const proposedFile = ({ rule, interval_s }: AlertProposal): string | undefined =>
  rule === undefined ? undefined : ruleFile([rule], interval_s);
