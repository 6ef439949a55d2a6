import { z } from 'zod';
import { defaultTiming } from '../../model/experiment.ts';
import { durationField, percentField } from '../../model/fields.ts';
import { formatDuration } from '../../model/units.ts';

const text = z.string().trim().min(1);

/** An expression; whether it compiles is checked against the signals, later. */
export const expressionField = z.string();

const ID = /^[A-Za-z][A-Za-z0-9_-]*$/;

const id = (what: string): z.ZodString =>
  z
    .string()
    .regex(ID, 'must begin with a letter and go on with letters, digits, - and _')
    .max(60)
    .describe(`Names this ${what}; each only once`);

/** `pick:` in a target. */
export const pickField = z
  .union(
    [z.int('must be 1, another whole number, 50% or all').min(1), z.literal('all'), percentField({ min: 1 })],
    'must be 1, another whole number, 50% or all',
  )
  .describe(
    'How many of those that match: 1 (unless told), a percentage such as 50%, or all; chosen at random by the seed',
  );

/** One entry of `faults:`. The fault's own schemas check what stands in `target` and `with`. */
export const entryShape = z.strictObject({
  id: id('entry'),
  fault: z.string().describe('A fault of the catalogue: aftershock faults'),
  target: z.record(z.string(), z.unknown()).describe('What to break'),
  with: z.record(z.string(), z.unknown()).describe("The fault's parameters").optional(),
  at: durationField().describe('When, counted from the first injection').optional(),
  after: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]*(\.undone)?$/, 'must be the id of another entry, or id.undone')
    .describe('When the effect of that entry is proven; with .undone, when its undo is over')
    .optional(),
  until: expressionField.describe('Then waits until this holds, at most `within`').optional(),
  within: durationField({ min: 1 }).describe('How long `until` may take').optional(),
  for: durationField({ min: 1 })
    .describe('How long it is held; unless told, until the last timed entry ends')
    .optional(),
});

const aShare = 'must be a number from 0 to 1, such as 0.8';

const prediction = z.strictObject({
  id: id('prediction'),
  expect: expressionField.describe('What you expect, over measures: votes.availability >= 0.99'),
  confidence: z
    .number(aShare)
    .min(0, aShare)
    .max(1, aShare)
    .describe('How sure you are, 0 to 1; without it the prediction is judged, not scored')
    .optional(),
});

const abortRule = z.strictObject({
  when: expressionField.describe('Undo everything and end when this holds'),
  for: durationField().describe('for so long without a break; at once unless told').optional(),
});

const timed = (
  name: keyof typeof defaultTiming,
  what: string,
  min: number,
): z.ZodOptional<z.ZodType<number>> =>
  durationField({ min })
    .describe(`${what}; ${formatDuration(defaultTiming[name])} unless told`)
    .optional();

const timing = z
  .strictObject({
    baseline: timed('baseline', 'How long to watch the healthy system first', 1),
    watch: timed('watch', 'How long to watch after the last undo', 0),
    hold: timed('hold', 'How long to hold a fault where no entry has `for`', 1),
    sliding: timed('sliding', 'Over how long steady, abort and until are measured', 1),
    steady_for: timed('steady_for', 'How long steady must hold to count', 0),
    recover_within: timed('recover_within', 'Later than this it counts as unrecovered', 1),
  })
  .describe('How long each part takes');

/** What does not depend on the entries of `faults:`. */
export const experimentShape = z.strictObject({
  title: text.describe('What is done, in a few words'),
  question: text.describe('What you want to know'),
  system: text.describe('The system file, relative to this file').optional(),
  steady: z
    .array(expressionField)
    .describe('What must hold before we start, and again when it is over')
    .optional(),
  faults: z.array(z.unknown()).describe('What we break, in order; [] only watches'),
  predict: z.array(prediction).describe('What you expect, written before the fault').optional(),
  abort: z.array(abortRule).describe('When to stop and undo everything').optional(),
  timing: timing.optional(),
});

export type ExperimentShape = z.infer<typeof experimentShape>;
export type EntryShape = z.infer<typeof entryShape>;
