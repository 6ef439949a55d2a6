import { z } from 'zod';
import type { Injection, Target } from '../../model/injection.ts';
import type { SignalDescriptor } from '../../model/series.ts';
import type { Span } from '../../model/time.ts';
import type { AbortRecord, InjectionRecord, Mark } from '../../model/timeline.ts';

/** Schemas of what recordings and results have in common; the types of `model/` are what they must equal. */

const texts = z.array(z.string());
const nanos = z.number().describe('nanoseconds on the monotonic clock of the run, from its start');
const jsonObject = z.record(z.string(), z.json());

export const spanSchema = z.object({ from: nanos, to: nanos }) satisfies z.ZodType<Span>;

export const targetSchema = z.object({
  kind: z.string(),
  name: z.string(),
  id: z.string(),
  namespace: z.string().exactOptional(),
  detail: jsonObject,
}) satisfies z.ZodType<Target>;

const injectionSchema = z.object({
  id: z.string(),
  run: z.string(),
  entry: z.string(),
  fault: z.string(),
  target: targetSchema,
  params: jsonObject,
  deadline_s: z.number(),
  lease_s: z.number(),
}) satisfies z.ZodType<Omit<Injection, 'undo'>>;

export const injectionRecordSchema = z.object({
  injection: injectionSchema,
  does: texts,
  undoes: texts,
  instant: z.literal(true).exactOptional(),
  acting: nanos.exactOptional(),
  acted: nanos.exactOptional(),
  effective: nanos.exactOptional(),
  undoing: nanos.exactOptional(),
  undone: nanos.exactOptional(),
  recovered: nanos.exactOptional(),
  evidence: z.object({ effect: z.string().exactOptional(), recovery: z.string().exactOptional() }),
  cutShort: z.string().exactOptional(),
  failed: z.string().exactOptional(),
}) satisfies z.ZodType<InjectionRecord>;

export const abortSchema = z.object({
  t: nanos,
  by: z.enum(['condition', 'interrupt', 'stop', 'signal-failed', 'inject-failed', 'cut-short']),
  text: z.string(),
}) satisfies z.ZodType<AbortRecord>;

export const descriptorSchema = z.object({
  name: z.string(),
  kind: z.string(),
  version: z.number(),
  main: z.string().exactOptional(),
  series: z.array(
    z.object({
      name: z.string(),
      family: z.enum(['operations', 'state', 'gauge', 'events']),
      summary: z.string(),
      unit: z.string().exactOptional(),
      kinds: texts.exactOptional(),
      types: texts.exactOptional(),
      values: z.enum(['text', 'number', 'bool']).exactOptional(),
      total: z.literal(true).exactOptional(),
      noise: z.number().exactOptional(),
      promql: z.string().exactOptional(),
    }),
  ),
  derived: z.array(
    z.object({
      by: z.string(),
      measure: z.string(),
      series: z.string().exactOptional(),
      type: z.enum(['number', 'text', 'bool']),
      unit: z.string().exactOptional(),
      summary: z.string(),
      options: jsonObject.exactOptional(),
    }),
  ),
  probe: z.literal(true).exactOptional(),
  interval_s: z.number().exactOptional(),
}) satisfies z.ZodType<SignalDescriptor>;

export const markSchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('start'), t: nanos, run: z.string(), seed: z.string(), version: z.string() }),
  z.object({ is: z.literal('anchor'), t: nanos, wall_ms: z.number() }),
  z.object({ is: z.literal('jump'), from: nanos, to: nanos }),
  z.object({ is: z.literal('baseline'), t: nanos }),
  z.object({ is: z.literal('injection'), t: nanos, record: injectionRecordSchema }),
  z.object({ is: z.literal('abort'), t: nanos, abort: abortSchema }),
  z.object({ is: z.literal('not-started'), t: nanos, why: z.string() }),
  z.object({ is: z.literal('note'), t: nanos, text: z.string(), picture: z.string().exactOptional() }),
  z.object({ is: z.literal('ended'), t: nanos }),
]) satisfies z.ZodType<Mark>;
