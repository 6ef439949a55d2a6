import type { DatabaseSync } from 'node:sqlite';
import type { Experiment } from '../model/experiment.ts';
import type { Json } from '../model/json.ts';
import type { RunPlan } from '../model/plan.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import type { Samples } from '../model/samples.ts';
import type { SignalDescriptor } from '../model/series.ts';
import type { Nanos } from '../model/time.ts';
import type { Mark, Timeline } from '../model/timeline.ts';
import { withAftermath } from './aftermath.ts';
import { tooLarge } from './files/memory.ts';
import { openTables } from './files/open.ts';
import { readPlan } from './files/plan-file.ts';
import { descriptorSchema, markSchema } from './files/shapes.ts';
import { sqliteTrouble } from './files/trouble.ts';
import { foldMarks } from './marks.ts';
import { parseJson } from './run-folder.ts';
import { StoredSamples } from './samples/stored.ts';

/** A recording, open for reading. Everything that a verdict and a report need is here; the system is not. */
export interface Recording {
  readonly directory: string;
  readonly plan: RunPlan;
  readonly experiment: Experiment;
  readonly signals: readonly SignalDescriptor[];
  readonly timeline: Timeline;
  /** Each series is read when it is first asked for. */
  readonly samples: Samples;
  /** What turned out to be damaged while it was read; such a series counts as not observed. */
  readonly problems: readonly Problem[];
  /** The cluster as it was then (`baseline`, `hold`), if it was recorded. */
  snapshot(name: string): Json | undefined;
  /** Afterwards, what was not read before counts as not observed. */
  close(): void;
}

/**
 * Opens a run folder's recording, wherever it was copied to, that of a killed or a still living run included; it then
 * ends with its last heartbeat. A damaged one is a Problem that says what can still be read of it.
 */
export function openRecording(directory: string): Result<Recording> {
  const plan = readPlan(directory);
  const tables = openTables(directory);
  if (!tables.ok) return tables;
  if (!plan.ok) {
    tables.value.close();
    return plan;
  }
  const { db, close } = tables.value;
  try {
    const large = tooLarge(directory, db);
    if (large !== undefined) {
      close();
      return fail(large);
    }
    const problems: Problem[] = [];
    const timeline = withAftermath(readTimeline(db, plan.value.seed), directory);
    const signals = readSignals(db, problems);
    const samples = new StoredSamples({
      db,
      signals,
      end: timeline.ended ?? lastHeartbeat(db),
      jumps: timeline.jumps,
      onBroken: (series, trouble) => problems.push(damaged(`${series} cannot be read`, trouble.text)),
    });
    const { experiment } = plan.value;
    const snapshot = (name: string): Json | undefined => readSnapshot(db, name);
    return ok({
      directory,
      plan: plan.value,
      experiment,
      signals,
      timeline,
      samples,
      problems,
      snapshot,
      close,
    });
  } catch (error) {
    const trouble = sqliteTrouble(error);
    close();
    return fail(damaged(`the recording in ${directory} cannot be read`, trouble.text));
  }
}

function readTimeline(db: DatabaseSync, seed: string): Timeline {
  const marks: Mark[] = [];
  for (const { body } of db.prepare('select body from marks order by id').iterate()) {
    const mark = markSchema.safeParse(parseJson(String(body)));
    // A kind of mark that this version does not know says nothing about those it does.
    if (mark.success) marks.push(mark.data);
  }
  const timeline = foldMarks(marks);
  return timeline.seed === '' ? { ...timeline, seed } : timeline;
}

function readSignals(db: DatabaseSync, problems: Problem[]): SignalDescriptor[] {
  const signals: SignalDescriptor[] = [];
  for (const { name, descriptor } of db
    .prepare('select name, descriptor from signals order by id')
    .iterate()) {
    const parsed = descriptorSchema.safeParse(parseJson(String(descriptor)));
    if (parsed.success) signals.push(parsed.data);
    else
      problems.push(
        damaged(`the description of the signal ${String(name)} cannot be read`, parsed.error.message),
      );
  }
  return signals;
}

/** Up to when everything that was seen is written. */
function lastHeartbeat(db: DatabaseSync): Nanos {
  return Number(db.prepare('select max(t) as t from heartbeat').get()?.['t'] ?? 0);
}

function readSnapshot(db: DatabaseSync, name: string): Json | undefined {
  try {
    const found = db.prepare('select json from snapshots where name = ?').get(name)?.['json'];
    return typeof found === 'string' ? (parseJson(found) as Json | undefined) : undefined;
  } catch (error) {
    sqliteTrouble(error);
    return undefined;
  }
}

function damaged(message: string, cause: string): Problem {
  const fix = 'Copy the run again from where it was made; the rest of it can be read.';
  return { code: 'recording-broken', message, fix, cause };
}
