import { z } from 'zod';
import type { Slo, SloResult } from '../../model/slo.ts';
import { measuredSchema } from './measured-shape.ts';

export const sloSchema = z.object({
  name: z.string(),
  signal: z.string(),
  objective_percent: z.number(),
  within_ms: z.number().exactOptional(),
  window_s: z.number(),
}) satisfies z.ZodType<Slo>;

export const sloResultSchema = z.object({
  ...sloSchema.shape,
  shares: z.array(
    z.object({
      window: z.enum(['baseline', 'fault', 'recovery', 'run']),
      good: measuredSchema,
      total: measuredSchema,
      share: measuredSchema,
    }),
  ),
  burnRate: measuredSchema.describe('share that was bad in the fault window / (1 - objective)'),
  spent: measuredSchema.describe("share of the budget of the objective's whole window"),
  goneAfter_s: measuredSchema.describe('seconds until the budget is gone at that burn rate').exactOptional(),
  repeats: measuredSchema.describe('how many such runs the budget is good for').exactOptional(),
}) satisfies z.ZodType<SloResult>;
