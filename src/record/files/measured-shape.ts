import { z } from 'zod';
import type { Measured } from '../../model/measure.ts';

/** A measure's value, or why there is none. */
export const measuredSchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('value'), value: z.union([z.number(), z.string(), z.boolean()]) }),
  z.object({ is: z.literal('unknown'), why: z.string() }),
  z.object({ is: z.literal('censored'), over: z.number() }),
  z.object({ is: z.literal('bounded'), min: z.number(), max: z.number() }),
]) satisfies z.ZodType<Measured>;
