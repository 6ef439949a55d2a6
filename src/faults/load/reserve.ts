import { z } from 'zod';
import { percentField, sizeField } from '../../model/fields.ts';

/** What is left free: a part of the whole, or a size in bytes. */
export type Reserve = { percent: number } | { bytes: number };

/** `10%` or `512Mi`. */
export const reserveField = (what: string): z.ZodType<Reserve> =>
  z
    .union(
      [percentField().transform((percent) => ({ percent })), sizeField().transform((bytes) => ({ bytes }))],
      'must be a percentage such as 10%, or a size such as 512Mi',
    )
    .describe(what);

/** A reserve in bytes; the larger of two where none is given. */
export function floorOf(
  given: Reserve | undefined,
  { of, percent, bytes }: { of: number; percent: number; bytes: number },
): number {
  if (given === undefined) return Math.max((of * percent) / 100, bytes);
  return 'bytes' in given ? given.bytes : (of * given.percent) / 100;
}
