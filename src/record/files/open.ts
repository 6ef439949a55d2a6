import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { fileTrouble } from '../../reach/files.ts';
import { runFile } from '../run-folder.ts';
import { SCHEMA_VERSION } from '../schema.ts';
import { usableRows } from './salvage.ts';
import { SQLITE_CORRUPT, SQLITE_NOTADB, type SqliteTrouble, sqliteTrouble } from './trouble.ts';

/** How long a look waits for a process that writes, in milliseconds. */
const BUSY_MS = 2_000;

/** The tables of a recording, open for reading only and found whole. */
export interface OpenTables {
  db: DatabaseSync;
  close(): void;
}

/**
 * Opens a folder's `recording.db` for reading, at one moment of it even while it is being written. What a killed run
 * left beside it (the write-ahead log) is read too; where that needs a writable folder, from a copy.
 */
export function openTables(directory: string): Result<OpenTables> {
  const path = join(directory, runFile.recording);
  if (!existsSync(path)) return fail(missing(directory));
  const direct = begin(path, true);
  const opened = direct.ok || isBroken(direct.problem) ? direct : fromCopy(path);
  if (!opened.ok) return fail(broken(path, opened.problem.text, salvage(path)));
  const problem = check(path, opened.value.db);
  if (problem === undefined) return opened;
  opened.value.close();
  return fail(problem);
}

const isBroken = ({ code }: SqliteTrouble): boolean => code === SQLITE_CORRUPT || code === SQLITE_NOTADB;

function begin(path: string, readOnly: boolean): Result<OpenTables, SqliteTrouble> {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly, timeout: BUSY_MS });
    // A read transaction holds the moment; it takes effect with the first read.
    db.exec('begin');
    db.prepare('select count(*) from sqlite_schema').get();
    const opened = db;
    return ok({ db: opened, close: () => opened.isOpen && opened.close() });
  } catch (error) {
    if (db?.isOpen === true) db.close();
    return fail(sqliteTrouble(error));
  }
}

/** A log cannot be read on a read-only medium: SQLite needs a file beside it to share what it knows. */
function fromCopy(path: string): Result<OpenTables, SqliteTrouble> {
  let folder: string | undefined;
  const remove = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    folder = mkdtempSync(join(tmpdir(), 'aftershock-'));
    const copy = join(folder, runFile.recording);
    copyFileSync(path, copy);
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
    const opened = begin(copy, false);
    if (!opened.ok) {
      remove();
      return opened;
    }
    process.once('exit', remove);
    const close = (): void => {
      opened.value.close();
      process.off('exit', remove);
      remove();
    };
    return ok({ db: opened.value.db, close });
  } catch (error) {
    remove();
    return fail({ code: 0, text: fileTrouble(error).text });
  }
}

/** Why the tables cannot be used, if they cannot. */
function check(path: string, db: DatabaseSync): Problem | undefined {
  try {
    const version = db.prepare('pragma user_version').get()?.['user_version'];
    if (version !== SCHEMA_VERSION) return unknownVersion(path, Number(version));
    const found = db.prepare('pragma quick_check(1)').get()?.['quick_check'];
    return found === 'ok' ? undefined : broken(path, String(found), salvage(path));
  } catch (error) {
    return broken(path, sqliteTrouble(error).text, salvage(path));
  }
}

/** What can still be read of a file that SQLite finds damaged; it then has to be told to read it all the same. */
function salvage(path: string): string {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS, defensive: false });
    db.exec('pragma writable_schema = on');
    return usableRows(db);
  } catch (error) {
    sqliteTrouble(error);
    return 'Nothing in it can be read';
  } finally {
    if (db?.isOpen === true) db.close();
  }
}

function unknownVersion(path: string, version: number): Problem {
  if (version === 0)
    return broken(
      path,
      'it has no tables',
      'The run ended before its recording began, or this is no recording',
    );
  return {
    code: 'recording-broken',
    message: `${path} is of version ${version}`,
    fix: `Read it with the aftershock that wrote it or a newer one. Any SQLite tool opens it.`,
    found: `version ${version}`,
    expected: `version ${SCHEMA_VERSION}`,
  };
}

function broken(path: string, cause: string, usable: string): Problem {
  return {
    code: 'recording-broken',
    message: `${path} is damaged. ${usable}.`,
    fix: `The other files of the run are whole: ${runFile.plan}, ${runFile.journal}. Copy the run again from where it was made, or get the rows out with \`sqlite3 ${runFile.recording} .recover\`.`,
    cause,
  };
}

function missing(directory: string): Problem {
  const exists = existsSync(directory);
  return {
    code: 'recording-broken',
    message: exists ? `${directory} has no ${runFile.recording}` : `there is no folder ${directory}`,
    fix: exists
      ? 'Name the folder of a run, such as runs/2026-11-20T160800-…; or the run ended before it began to record.'
      : 'Look at the name: runs lie under runs/ unless told otherwise.',
  };
}
