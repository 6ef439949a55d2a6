import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Injection, type InjectionStep, injectionSchema, injectionSteps } from '../model/injection.ts';
import type { JsonObject } from '../model/json.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { type FileTrouble, fileTrouble, readText } from '../reach/files.ts';
import { uptime_s } from './proc.ts';

/** Who wrote a line: the run, the guardian beside it, or a later `heal`. */
export type JournalWriter = 'run' | 'guardian' | 'heal';

const lineSchema = z.object({
  at: z.string(),
  uptime_s: z.number(),
  by: z.enum(['run', 'guardian', 'heal']),
  step: z.enum(injectionSteps),
  injection: z.string(),
  intent: injectionSchema.omit({ undo: true }).exactOptional(),
  undo_sha256: z.string().exactOptional(),
  evidence: z.string().exactOptional(),
});

/** One line of `undo.jsonl`. The `intent` line carries the injection; its undo payload lies in `undo/`, by hash. */
export type JournalLine = z.infer<typeof lineSchema>;

/** An injection that is not closed, as the journal tells it. */
export interface OpenInjection {
  injection: Injection;
  /** The last step written. */
  step: InjectionStep;
  /** Uptime of the machine that runs aftershock at the intent; the deadline counts from it. */
  since_uptime_s: number;
  /** Its payload is missing or is not what was written: `injection.undo` is empty and must not be relied on. */
  damaged?: Problem;
}

const journalPath = (directory: string): string => join(directory, 'undo.jsonl');
const payloadPath = (directory: string, id: string): string =>
  join(directory, 'undo', `${encodeURIComponent(id)}.json`);

/**
 * Appends one step and fsyncs it before it returns, so that it stands on the disk before the act that follows.
 * A Problem (disk full) means that the act must not follow.
 */
export function appendStep(
  directory: string,
  by: JournalWriter,
  entry: { step: InjectionStep; injection: Injection; evidence?: string | undefined },
): Result<void> {
  const { step, injection, evidence } = entry;
  const line: JournalLine = {
    at: new Date().toISOString(),
    uptime_s: uptime_s(),
    by,
    step,
    injection: injection.id,
    ...(evidence === undefined ? {} : { evidence }),
  };
  try {
    if (step === 'intent') {
      const { undo, ...intent } = injection;
      line.intent = intent;
      line.undo_sha256 = writePayload(directory, injection.id, undo);
    }
    appendDurably(journalPath(directory), `${readable(line)}\n`);
    return ok(undefined);
  } catch (error) {
    return fail(cannotWrite(directory, fileTrouble(error)));
  }
}

/** A line as text. One that could not be read back would hide its injection from heal, so it must not be acted on. */
function readable(line: JournalLine): string {
  const text = JSON.stringify(line);
  if (parse(text) === undefined)
    throw new TypeError(`internal: a journal line that nobody can read: ${text}`);
  return text;
}

/** The injections that are not closed, the newest first: the order in which they are undone. */
export function openInjections(directory: string): OpenInjection[] {
  const open = new Map<string, OpenInjection>();
  for (const line of journalLines(directory)) {
    if (line.intent !== undefined) {
      const payload = readPayload(directory, line);
      const injection = { ...line.intent, undo: payload.ok ? payload.value : {} };
      const damaged = payload.ok ? {} : { damaged: payload.problem };
      // Made again after it was closed or torn: its place in the order is where it was made last.
      open.delete(line.injection);
      open.set(line.injection, { injection, step: line.step, since_uptime_s: line.uptime_s, ...damaged });
    }
    const known = open.get(line.injection);
    if (known !== undefined) known.step = line.step;
    if (line.step === 'closed') open.delete(line.injection);
  }
  return [...open.values()].reverse();
}

/** Every whole line; one that was torn by a crash is left out: its act did not follow. */
export function journalLines(directory: string): JournalLine[] {
  const text = readText(journalPath(directory));
  if (!text.ok) return [];
  return text.value
    .split('\n')
    .map(parse)
    .filter((line) => line !== undefined);
}

/** A part of a line never is one: its last character closes the object. */
function parse(line: string): JournalLine | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function writePayload(directory: string, id: string, undo: JsonObject): string {
  const text = JSON.stringify(undo);
  mkdirSync(join(directory, 'undo'), { recursive: true, mode: 0o700 });
  const file = openSync(payloadPath(directory, id), 'w', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  syncFolder(join(directory, 'undo'));
  return sha256(text);
}

function readPayload(directory: string, line: JournalLine): Result<JsonObject> {
  const path = payloadPath(directory, line.injection);
  const text = readText(path);
  if (!text.ok) return fail(payloadDamaged(path, text.problem.text));
  if (sha256(text.value) !== line.undo_sha256)
    return fail(payloadDamaged(path, 'its SHA-256 is another one'));
  return ok(JSON.parse(text.value) as JsonObject);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function appendDurably(path: string, text: string): void {
  const file = openSync(path, 'a+', 0o600);
  try {
    const { size } = fstatSync(file);
    // Writes all of it or throws; a single write may end early on a full disk without saying so.
    writeFileSync(file, isTorn(file, size) ? `\n${text}` : text);
    fsyncSync(file);
    if (size === 0) syncFolder(join(path, '..'));
  } finally {
    closeSync(file);
  }
}

/** Whether the last line was never finished; ours must not become part of it. */
function isTorn(file: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
}

/** A new file's name is durable only when its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function cannotWrite(directory: string, trouble: FileTrouble): Problem {
  return {
    code: 'disk-full',
    message: `the undo journal in ${directory} cannot be written, so nothing may be injected`,
    fix: 'Free space there, or name another folder with --runs.',
    cause: trouble.text,
  };
}

function payloadDamaged(path: string, cause: string): Problem {
  return {
    code: 'undo-failed',
    message: `${path}, which says how to undo, is missing or damaged`,
    fix: 'Undo by hand what the journal beside it names; on Kubernetes `aftershock heal --system FILE` needs no file of ours.',
    cause,
  };
}
