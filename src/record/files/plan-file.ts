import { join } from 'node:path';
import { z } from 'zod';
import type { RunPlan } from '../../model/plan.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { readText } from '../../reach/files.ts';
import { parseJson, runFile } from '../run-folder.ts';
import { descriptorSchema, targetSchema } from './shapes.ts';
import { sloSchema } from './slo-shapes.ts';

const texts = z.array(z.string());
const place = z.object({
  file: z.string(),
  line: z.number().exactOptional(),
  column: z.number().exactOptional(),
});
const expression = z.object({ text: z.string(), at: place });

const entry = z.object({
  id: z.string(),
  fault: z.string(),
  target: z.unknown(),
  pick: z.union([z.object({ count: z.number() }), z.object({ percent: z.number() }), z.literal('all')]),
  params: z.record(z.string(), z.json()),
  start: z.union([
    z.object({ on: z.literal('begin') }),
    z.object({ on: z.literal('time'), at_s: z.number() }),
    z.object({ on: z.enum(['effect', 'undone']), of: z.string() }),
  ]),
  until: z.object({ condition: expression, within_s: z.number() }).exactOptional(),
  for_s: z.number().exactOptional(),
  at: place,
});

const experiment = z.object({
  file: z.string(),
  title: z.string(),
  question: z.string(),
  steady: z.array(expression),
  faults: z.array(entry),
  predict: z.array(z.object({ id: z.string(), expect: expression, confidence: z.number().exactOptional() })),
  abort: z.array(z.object({ when: expression, for_s: z.number() })),
  timing: z.object({
    baseline: z.number(),
    watch: z.number(),
    hold: z.number(),
    sliding: z.number(),
    steady_for: z.number(),
    recover_within: z.number(),
  }),
});

const plannedFault = z.object({
  entry: z.string(),
  fault: z.string(),
  targets: z.array(targetSchema),
  possible: z.array(targetSchema),
  when: z.string(),
  for_s: z.number().exactOptional(),
  does: texts,
  undoes: texts,
  notes: texts,
  guarantee: z.string(),
  radius: z.object({
    targets: z.number(),
    percent: z.number().exactOptional(),
    of: z.string().exactOptional(),
  }),
});

export const planSchema = z.object({
  version: z.literal(1),
  seed: z.string(),
  experiment,
  system: z.object({
    file: z.string(),
    name: z.string(),
    where: z.string(),
    limits: z.object({
      targets: z.number(),
      percent: z.number(),
      duration_s: z.number(),
      allow: texts,
      protect: texts,
    }),
    slo: z.array(sloSchema).exactOptional(),
    monitoring: z.object({ scrape_interval_s: z.number().exactOptional() }).exactOptional(),
  }),
  signals: z.array(descriptorSchema),
  watched: z.array(z.object({ name: z.string(), text: z.string() })),
  faults: z.array(plannedFault),
  total_s: z.number(),
  versions: z.record(z.string(), z.string()),
  command: z.array(z.string()).exactOptional(),
}) satisfies z.ZodType<RunPlan>;

/** Reads a run folder's plan. A Problem says what is wrong with it and what is still of use. */
export function readPlan(directory: string): Result<RunPlan> {
  const path = join(directory, runFile.plan);
  const text = readText(path);
  if (!text.ok) return fail(noPlan(path, 'cannot be read', text.problem.text));
  const value = parseJson(text.value);
  if (value === undefined) return fail(noPlan(path, 'is not whole (not JSON)'));
  const version =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof version === 'number' && version !== 1)
    return fail(noPlan(path, `is of version ${version}, this aftershock knows version 1`));
  const plan = planSchema.safeParse(value);
  if (plan.success) return ok(plan.data);
  return fail(noPlan(path, 'is not a plan', z.prettifyError(plan.error)));
}

function noPlan(path: string, what: string, cause?: string): Problem {
  return {
    code: 'recording-broken',
    message: `${path} ${what}, so it is not known what was predicted`,
    fix: `What was seen is whole: any SQLite tool opens ${runFile.recording}. To judge it, put the run's ${runFile.plan} back.`,
    ...(cause === undefined ? {} : { cause }),
  };
}
