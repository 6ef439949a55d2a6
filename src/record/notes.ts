import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { NANOS_PER_MILLISECOND, type Nanos } from '../model/time.ts';
import type { Anchor, Mark } from '../model/timeline.ts';
import { openTables } from './files/open.ts';
import { markSchema } from './files/shapes.ts';
import { sqliteTrouble } from './files/trouble.ts';
import { createRedactor } from './redact.ts';
import { parseJson, runFile } from './run-folder.ts';

/** How long a note waits for the run that is writing, in milliseconds. */
const BUSY_MS = 5_000;

/**
 * Adds a human's line to the timeline of a finished or a living run, at a wall time (milliseconds since 1970).
 * Returns where it stands on the run's clock. A time before the run began is a Problem.
 */
export function appendNote(directory: string, text: string, wall_ms: number): Result<Nanos> {
  const checked = openTables(directory);
  if (!checked.ok) return checked;
  checked.value.close();
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(join(directory, runFile.recording), { timeout: BUSY_MS });
    const t = momentOf(anchorsOf(db), wall_ms);
    if (t === undefined) return fail(tooEarly(wall_ms));
    const note: Mark = { is: 'note', t, text: createRedactor([]).text(text) };
    db.prepare('insert into marks (t, what, body) values (?, ?, ?)').run(t, note.is, JSON.stringify(note));
    return ok(t);
  } catch (error) {
    return fail(notAdded(directory, sqliteTrouble(error).text));
  } finally {
    if (db?.isOpen === true) db.close();
  }
}

function anchorsOf(db: DatabaseSync): Anchor[] {
  return db
    .prepare(`select body from marks where what = 'anchor' order by id`)
    .all()
    .flatMap(({ body }) => {
      const mark = markSchema.safeParse(parseJson(String(body)));
      return mark.success && mark.data.is === 'anchor' ? [mark.data] : [];
    });
}

/** By the last anchor before it; undefined where the run had not begun. */
function momentOf(anchors: readonly Anchor[], wall_ms: number): Nanos | undefined {
  const [first] = anchors;
  const anchor = anchors.findLast((candidate) => candidate.wall_ms <= wall_ms) ?? first;
  if (anchor === undefined) return undefined;
  const t = Math.round(anchor.t + (wall_ms - anchor.wall_ms) * NANOS_PER_MILLISECOND);
  return t < 0 ? undefined : t;
}

function tooEarly(wall_ms: number): Problem {
  return {
    code: 'usage',
    message: `${new Date(wall_ms).toISOString()} is before this run began`,
    fix: 'Give a time during or after the run.',
  };
}

function notAdded(directory: string, cause: string): Problem {
  const message = `the note was not added to ${directory}`;
  const fix = existsSync(directory)
    ? 'Make the folder writable, or copy the run to where you may write.'
    : 'Look at the name.';
  return { code: 'disk-full', message, fix, cause };
}
