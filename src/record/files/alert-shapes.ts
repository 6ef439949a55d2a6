import { z } from 'zod';
import type { AlertCandidate, AlertProposal, AlertReplay } from '../../model/alert.ts';
import { measuredSchema } from './measured-shape.ts';

const replay = z.object({
  interval_s: z.number().describe('seconds between scrapes, and between evaluations'),
  range_s: z.number().exactOptional(),
  for_s: z.number(),
  baseline: z.enum(['silent', 'fires', 'unknown']),
  evaluations: z.number(),
  fires: measuredSchema.describe('seconds from the first injection'),
  inTime: z.boolean(),
}) satisfies z.ZodType<AlertReplay>;

const candidate = z.object({
  alert: z.string(),
  expr: z.string().exactOptional(),
  kind: z.enum(['symptom', 'traffic', 'cause']),
  replay: replay.exactOptional(),
  why: z.string(),
}) satisfies z.ZodType<AlertCandidate>;

export const alertSchema = z.object({
  advice: z.enum(['page', 'ticket', 'none', 'unknown']),
  words: z.string(),
  configured_s: z.number(),
  interval_s: z.number(),
  rule: z
    .object({
      alert: z.string(),
      expr: z.string(),
      for_s: z.number(),
      labels: z.object({ severity: z.enum(['critical', 'warning', 'info']) }),
      annotations: z.object({ summary: z.string(), description: z.string() }),
    })
    .exactOptional(),
  source: z.string().exactOptional(),
  replays: z.array(replay),
  felt_after_s: z.number().exactOptional(),
  others: z.array(candidate),
}) satisfies z.ZodType<AlertProposal>;
