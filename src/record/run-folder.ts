import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { type FileTrouble, fileTrouble, writeWhole } from '../reach/files.ts';

/** The files of a run folder (design, section 7). Whoever reads or writes one takes its name from here. */
export const runFile = {
  /** Who runs it, while it runs and after. */
  experiment: 'experiment.yaml',
  system: 'system.yaml',
  plan: 'plan.json',
  journal: 'undo.jsonl',
  /** A folder of undo payloads, one an injection; readable by the owner only. */
  payloads: 'undo',
  recording: 'recording.db',
  result: 'result.json',
  html: 'report.html',
  markdown: 'report.md',
  charts: 'charts',
  /** A folder of pictures that notes show. */
  attachments: 'attachments',
  json: 'report.json',
  junit: 'junit.xml',
} as const;

const TITLE_MAX = 48;

/**
 * A run's name, which is its folder's: local wall time, title, and four random hex digits, as in
 * `2026-11-20T160800-kill-one-backend-pod-7f3a`. Sorts by time; safe as a file name and in a URL.
 */
export function runId(title: string, wall_ms: number): string {
  const ascii = title.normalize('NFKD').toLowerCase();
  const words = ascii.replaceAll(/[^a-z0-9]+/g, '-').slice(0, TITLE_MAX);
  const slug = words.replaceAll(/^-+|-+$/g, '');
  return [localTime(wall_ms), slug === '' ? 'run' : slug, randomBytes(2).toString('hex')].join('-');
}

function localTime(wall_ms: number): string {
  const at = new Date(wall_ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day}T${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
}

/**
 * Makes a new run folder (0700) with its first files and an empty `undo/` (0700). The texts must be redacted already.
 * A folder that exists is a Problem: nothing is ever written over.
 */
export function createRunFolder(directory: string, files: Readonly<Record<string, string>>): Result<void> {
  try {
    mkdirSync(dirname(directory), { recursive: true });
  } catch (error) {
    return fail(notWritable(dirname(directory), fileTrouble(error)));
  }
  try {
    mkdirSync(directory, { mode: 0o700 });
    mkdirSync(join(directory, runFile.payloads), { mode: 0o700 });
  } catch (error) {
    return fail(notWritable(directory, fileTrouble(error)));
  }
  for (const [name, text] of Object.entries(files)) {
    const written = writeWhole(join(directory, name), text);
    if (!written.ok) return fail(notWritable(join(directory, name), written.problem));
  }
  return ok(undefined);
}

/** A JSON text's value; undefined for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where space is what is missing; anything else is a matter of rights, or of the wrong place. */
const FULL: readonly string[] = ['ENOSPC', 'EDQUOT'];

/** That a file of a run folder cannot be written, with what to do. */
export function notWritable(path: string, trouble: FileTrouble): Problem {
  const taken = trouble.code === 'EEXIST';
  return {
    code: 'disk-full',
    message: taken
      ? `${path} is in the way: it exists already`
      : `${path} cannot be written (${trouble.code})`,
    fix: FULL.includes(trouble.code)
      ? 'Free space there, or name another folder with --runs.'
      : 'Make its folder writable, or name another one with --runs.',
    cause: trouble.text,
  };
}
