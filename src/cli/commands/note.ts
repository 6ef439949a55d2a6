import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import type { Result } from '../../model/result.ts';
import { NANOS_PER_SECOND, type Nanos } from '../../model/time.ts';
import { attach } from '../../record/attachments.ts';
import { appendNote } from '../../record/notes.ts';
import { openRecording } from '../../record/reader.ts';
import { runFile } from '../../record/run-folder.ts';
import { report } from '../failing.ts';
import { momentOf, onClock, type RunClock } from '../note-time.ts';
import { type Terminal, terminal } from '../terminal.ts';
import { judgeRecording, reportRecording } from './judge.ts';
import { findRunFolder } from './run-folder.ts';

interface Options {
  at?: string;
  attach?: string;
  runs: string;
}

/** `aftershock note RUN TEXT`: a human's line on the timeline, during or after the run; a written report shows it at once. */
export async function noteCommand(run: string, words: string[], options: Options): Promise<ExitCode> {
  const term = terminal();
  const text = words.join(' ').trim();
  if (text === '') {
    const fix = "Write it after the run: aftershock note RUN 'restarted the port-forward'.";
    return report(term, [{ code: 'usage', message: 'the note has no text', fix }]);
  }
  const found = findRunFolder(run, options.runs);
  if (!found.ok) return report(term, [found.problem]);
  const directory = found.value;
  const noted = noteIn(directory, text, options);
  if (!noted.ok) return report(term, [noted.problem]);
  term.out(`noted at ${noted.value}`);
  return existsSync(join(directory, runFile.html)) ? writeAgain(term, directory) : exitCodes.asPredicted;
}

/** Where the note stands, in words. */
function noteIn(directory: string, text: string, options: Options): Result<string> {
  const recording = openRecording(directory);
  if (!recording.ok) return recording;
  const { timeline } = recording.value;
  recording.value.close();
  const origin = timeline.injections.flatMap(({ acting }) => acting ?? []).toSorted((a, b) => a - b)[0];
  const now_ms = Date.now();
  const clock: RunClock = { anchors: timeline.anchors, now_ms, ...(origin === undefined ? {} : { origin }) };
  const t = options.at === undefined ? onClock(now_ms, clock) : momentOf(options.at, clock);
  if (!t.ok) return t;
  const picture = options.attach === undefined ? undefined : attach(directory, options.attach);
  if (picture?.ok === false) return picture;
  const added = appendNote(directory, {
    t: t.value,
    text,
    ...(picture === undefined ? {} : { picture: picture.value }),
  });
  return added.ok ? { ok: true, value: inWords(t.value, origin) } : added;
}

function inWords(t: Nanos, origin: Nanos | undefined): string {
  const seconds = (t - (origin ?? 0)) / NANOS_PER_SECOND;
  const sign = seconds < 0 ? '-' : '+';
  const from = origin === undefined ? "the run's start" : 'the first injection';
  return `${sign}${Math.abs(seconds).toFixed(1)} s from ${from}`;
}

async function writeAgain(term: Terminal, directory: string): Promise<ExitCode> {
  const recording = openRecording(directory);
  if (!recording.ok) return report(term, [recording.problem]);
  const written = await reportRecording(directory, recording.value, judgeRecording(recording.value));
  recording.value.close();
  if (!written.ok) return report(term, [written.problem]);
  term.out(`Report: ${written.value.html}`);
  return exitCodes.asPredicted;
}
