import { resolvedFiles } from '../files/resolved.ts';
import type { Json } from '../model/json.ts';
import type { RunPlan } from '../model/plan.ts';
import type { Redactor } from '../record/redact.ts';
import type { Session } from './session.ts';

/** The texts a run folder begins with, secrets replaced: both files as resolved, and the plan. */
export function runFiles(session: Session, plan: RunPlan, redact: Redactor): Record<string, string> {
  const { experiment, system } = resolvedFiles(session.loaded);
  return {
    'experiment.yaml': redact.text(experiment),
    'system.yaml': redact.text(system),
    'plan.json': `${JSON.stringify(redact.json(plan as unknown as Json), null, 2)}\n`,
  };
}
