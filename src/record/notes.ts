import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import type { Mark, Note } from '../model/timeline.ts';
import { openTables } from './files/open.ts';
import { sqliteTrouble } from './files/trouble.ts';
import { createRedactor } from './redact.ts';
import { runFile } from './run-folder.ts';

/** How long a note waits for the run that is writing, in milliseconds. */
const BUSY_MS = 5_000;

/**
 * Adds a human's line to the timeline of a finished, a killed or a living run. Problems: recording-broken, disk-full.
 */
export function appendNote(directory: string, note: Note): Result<void> {
  const checked = openTables(directory);
  if (!checked.ok) return checked;
  checked.value.close();
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(join(directory, runFile.recording), { timeout: BUSY_MS });
    const mark: Mark = { is: 'note', ...note, text: createRedactor([]).text(note.text) };
    db.prepare('insert into marks (t, what, body) values (?, ?, ?)').run(
      mark.t,
      mark.is,
      JSON.stringify(mark),
    );
    return ok(undefined);
  } catch (error) {
    return fail(notAdded(directory, sqliteTrouble(error).text));
  } finally {
    if (db?.isOpen === true) db.close();
  }
}

function notAdded(directory: string, cause: string): Problem {
  const message = `the note was not added to ${directory}`;
  const fix = existsSync(directory)
    ? 'Make the folder writable, or copy the run to where you may write.'
    : 'Look at the name.';
  return { code: 'disk-full', message, fix, cause };
}
