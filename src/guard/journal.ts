import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Injection, InjectionStep } from '../model/injection.ts';
import type { JsonObject } from '../model/json.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { type FileTrouble, fileTrouble, readText } from '../reach/files.ts';
import { uptime_s } from './proc.ts';

/** Who wrote a line: the run, the guardian beside it, or a later `heal`. */
export type JournalWriter = 'run' | 'guardian' | 'heal';

/** One line of `undo.jsonl`. The `intent` line carries the injection; its undo payload lies in `undo/`, by hash. */
export interface JournalLine {
  at: string;
  uptime_s: number;
  by: JournalWriter;
  step: InjectionStep;
  injection: string;
  intent?: Omit<Injection, 'undo'>;
  undo_sha256?: string;
  evidence?: string;
}

/** An injection that is not closed, as the journal tells it. */
export interface OpenInjection {
  injection: Injection;
  /** The last step written. */
  step: InjectionStep;
  /** Uptime of the machine that runs aftershock at the intent; the deadline counts from it. */
  since_uptime_s: number;
}

const journalPath = (directory: string): string => join(directory, 'undo.jsonl');
const payloadPath = (directory: string, id: string): string => join(directory, 'undo', `${id}.json`);

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
    appendDurably(journalPath(directory), `${JSON.stringify(line)}\n`);
    return ok(undefined);
  } catch (error) {
    return fail(cannotWrite(directory, fileTrouble(error)));
  }
}

/** The injections that are not closed, the newest first: the order in which they are undone. */
export function openInjections(directory: string): OpenInjection[] {
  const open = new Map<string, OpenInjection>();
  for (const line of journalLines(directory)) {
    if (line.intent !== undefined) {
      const injection = { ...line.intent, undo: readPayload(directory, line) };
      open.set(line.injection, { injection, step: line.step, since_uptime_s: line.uptime_s });
    }
    const known = open.get(line.injection);
    if (known !== undefined) known.step = line.step;
    if (line.step === 'closed') open.delete(line.injection);
  }
  return [...open.values()].reverse();
}

/** Every whole line; the last one may be torn by a crash and is left out: its act did not follow. */
export function journalLines(directory: string): JournalLine[] {
  const text = readText(journalPath(directory));
  if (!text.ok) return [];
  const whole = text.value.slice(0, text.value.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [parse(line)].filter((found) => found !== undefined)));
}

/** A torn line may be followed by whole ones, if the guardian went on after a crash. */
function parse(line: string): JournalLine | undefined {
  try {
    return JSON.parse(line) as JournalLine;
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
  return createHash('sha256').update(text).digest('hex');
}

function readPayload(directory: string, line: JournalLine): JsonObject {
  const text = readText(payloadPath(directory, line.injection));
  return text.ok ? (JSON.parse(text.value) as JsonObject) : {};
}

function appendDurably(path: string, text: string): void {
  const file = openSync(path, 'a', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  syncFolder(join(path, '..'));
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
