import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { type RunResult, runVerdicts } from '../model/verdict.ts';
import { readText, writeWhole } from '../reach/files.ts';
import { alertSchema } from './files/alert-shapes.ts';
import { measuredSchema } from './files/measured-shape.ts';
import { abortSchema, descriptorSchema, injectionRecordSchema, spanSchema } from './files/shapes.ts';
import { sloResultSchema } from './files/slo-shapes.ts';
import { notWritable, parseJson, runFile } from './run-folder.ts';

const texts = z.array(z.string());
const seconds = z.number().describe('seconds from the first injection');

const measures = z.array(z.object({ text: z.string(), measured: measuredSchema, unit: z.string() }));
const truth = z.enum(['true', 'false', 'unknown']);

const prediction = z.object({
  id: z.string(),
  expect: z.string(),
  confidence: z.number().exactOptional(),
  verdict: z.enum(['held', 'failed', 'unknown']),
  why: z.string().exactOptional(),
  measures,
  brier: z.number().exactOptional(),
});

const steady = z.object({
  text: z.string(),
  baseline: truth,
  end: truth,
  broken: z.array(z.object({ from_s: seconds, to_s: seconds })),
  measures,
});

const detection = z.object({ text: z.string(), after_s: seconds, strength: z.number(), words: z.string() });

const cause = z.object({
  id: z.string(),
  title: z.string(),
  likelihood: z.enum(['likely', 'possible']),
  because: texts,
  against: texts,
});

const windows = z.object({
  run: spanSchema,
  baseline: spanSchema,
  fault: spanSchema.exactOptional(),
  recovery: spanSchema.exactOptional(),
  sinceFault: spanSchema.exactOptional(),
  origin: z.number().exactOptional(),
});

/** `result.json`; `schema/result.json` is generated from it. */
export const resultSchema = z.object({
  version: z.literal(1),
  run: z.string(),
  title: z.string(),
  question: z.string(),
  verdict: z.enum(runVerdicts),
  summary: z.string(),
  reasons: texts,
  impact: z.enum(['none', 'slow', 'failing', 'both', 'unknown']),
  windows,
  abort: abortSchema.exactOptional(),
  injections: z.array(injectionRecordSchema),
  steady: z.array(steady),
  predictions: z.array(prediction),
  brier: z.number().exactOptional(),
  detection: z.array(detection),
  causes: z.array(cause),
  alert: alertSchema.exactOptional(),
  slo: z.array(sloResultSchema).exactOptional(),
  measures,
  signals: z.array(descriptorSchema),
  observer: z.object({ ok: z.boolean(), words: texts }),
}) satisfies z.ZodType<RunResult>;

/** Writes `result.json` as a whole: readers see the old one or the new one, also after a crash. */
export function writeResult(directory: string, result: RunResult): Result<void> {
  const path = join(directory, runFile.result);
  const written = writeWhole(path, `${JSON.stringify(result, null, 2)}\n`);
  return written.ok ? ok(undefined) : fail(notWritable(path, written.problem));
}

/** Reads `result.json`. It can always be made again from the recording, and the Problem says so. */
export function readResult(directory: string): Result<RunResult> {
  const path = join(directory, runFile.result);
  const text = readText(path);
  if (!text.ok) return fail(noResult(path, 'cannot be read', text.problem.text));
  const result = resultSchema.safeParse(parseJson(text.value));
  return result.success ? ok(result.data) : fail(noResult(path, 'is broken', z.prettifyError(result.error)));
}

function noResult(path: string, what: string, cause: string): Problem {
  const fix = 'Make it again with `aftershock judge RUN`.';
  return { code: 'recording-broken', message: `${path} ${what}`, fix, cause };
}
