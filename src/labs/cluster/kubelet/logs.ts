import { existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../../../reach/clock.ts';
import type { LogOptions as ApiLogOptions } from '../../api/http/call.ts';
import type { Pod } from '../shapes.ts';

/** What of a log is wanted; lines have no timestamps, so what asks for times is ignored. */
export type LogOptions = Partial<Pick<ApiLogOptions, 'tailLines' | 'follow' | 'previous' | 'signal'>>;

const FOLLOW_EVERY_MS = 100;

function folder(directory: string, pod: Pod, container: string): string {
  const { name, namespace = '', uid } = pod.metadata;
  return join(directory, 'logs', `${namespace}_${name}_${uid}`, container);
}

/**
 * Opens the file that takes the output of one run of a container; its number is the restart count.
 * On a full disk the container runs without a log.
 */
export function openLog(
  directory: string,
  pod: Pod,
  of: { container: string; restarts: number },
): number | 'ignore' {
  const path = folder(directory, pod, of.container);
  try {
    mkdirSync(path, { recursive: true });
    return openSync(join(path, `${of.restarts}.log`), 'a', 0o600);
  } catch {
    return 'ignore';
  }
}

/** The output of a container's last run (or the one before); undefined where it has not started yet. */
export function readLog(
  directory: string,
  of: { pod: Pod; container: string; ended: () => boolean },
  options: LogOptions,
): AsyncIterable<string> | undefined {
  const path = folder(directory, of.pod, of.container);
  const runs = existsSync(path) ? readdirSync(path).map((name) => Number.parseInt(name, 10)) : [];
  runs.sort((a, b) => b - a);
  const run = runs[options.previous === true ? 1 : 0];
  return run === undefined ? undefined : pieces(join(path, `${run}.log`), of.ended, options);
}

async function* pieces(path: string, ended: () => boolean, options: LogOptions): AsyncGenerator<string> {
  const text = readFileSync(path);
  const first = lastLines(text.toString(), options.tailLines);
  if (first !== '') yield first;
  if (options.follow === true) yield* newText({ path, from: text.length, ended }, options.signal);
}

function lastLines(text: string, count: number | undefined): string {
  if (count === undefined) return text;
  if (count === 0) return '';
  const lines = text.split('\n');
  const unfinished = lines.pop() ?? '';
  const ended = lines.map((line) => `${line}\n`);
  return (unfinished === '' ? ended : [...ended, unfinished]).slice(-count).join('');
}

/** What is written to a file from a position on, until nobody writes to it any more. */
async function* newText(
  of: { path: string; from: number; ended: () => boolean },
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const file = await open(of.path);
  const decoder = new TextDecoder();
  try {
    let at = of.from;
    while (signal?.aborted !== true) {
      const last = of.ended();
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(65_536), position: at });
      at += bytesRead;
      if (bytesRead > 0) yield decoder.decode(buffer.subarray(0, bytesRead), { stream: true });
      else if (last) return;
      else await sleep(FOLLOW_EVERY_MS, signal);
    }
  } finally {
    await file.close();
  }
}
