import { DatabaseSync } from 'node:sqlite';

/** A stored vote as the ledger lists it. */
export interface StoredVote {
  /** Its place: each vote's is higher than those of all votes stored before it. */
  number: number;
  id: string;
  option: string;
}

/** The votes of all polls, in one file that every backend writes to; each vote is a row of its own. */
export interface Votes {
  /** The poll's options and counts; undefined where there is no such poll. */
  results(poll: string): Record<string, number> | undefined;
  /** Votes in the order in which they were stored, from behind a number on. */
  list(page: { poll: string; after: number; limit: number }): StoredVote[];
  /** Records a vote under its id. The same id again changes nothing (`repeated`), unless each arrival counts. */
  cast(vote: {
    id: string;
    poll: string;
    option: string;
    by: string;
    /** Stored as a row of its own even where its id is there already. */
    again?: boolean;
  }): 'recorded' | 'repeated' | 'unknown-option';
  close(): void;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS options (poll TEXT NOT NULL, option TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (poll, option));
CREATE TABLE IF NOT EXISTS votes (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  poll TEXT NOT NULL,
  option TEXT NOT NULL,
  by TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS votes_by_id ON votes (id);
CREATE TABLE IF NOT EXISTS counts (poll TEXT NOT NULL, option TEXT NOT NULL, votes INTEGER NOT NULL, PRIMARY KEY (poll, option)) WITHOUT ROWID;
`;

/** How long a backend waits for the other one's write. */
const BUSY_MS = 2_000;

/** Opens the file, and makes it with the poll `default` where it is new. Throws where it cannot be written. */
export function openVotes(path: string, options: readonly string[]): Votes {
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  // Written votes outlive a killed process all the same; waiting for the disk would put its noise into every chart.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;');
  database.exec(SCHEMA);
  const addOption = database.prepare(
    "INSERT OR IGNORE INTO options (poll, option, place) VALUES ('default', ?, ?)",
  );
  options.forEach((option, place) => void addOption.run(option, place));
  return { ...reader(database), cast: caster(database), close: () => database.close() };
}

function reader(database: DatabaseSync): Pick<Votes, 'results' | 'list'> {
  const all = database.prepare(
    'SELECT o.option AS option, coalesce(c.votes, 0) AS votes FROM options o LEFT JOIN counts c USING (poll, option) WHERE o.poll = ? ORDER BY o.place',
  );
  const page = database.prepare(
    'SELECT number, id, option FROM votes WHERE number > ? AND poll = ? ORDER BY number LIMIT ?',
  );
  return {
    results(poll) {
      const rows = all.all(poll).map(({ option, votes }) => [String(option), Number(votes)] as const);
      return rows.length === 0 ? undefined : Object.fromEntries(rows);
    },
    list: ({ poll, after, limit }) =>
      page.all(after, poll, limit).map(({ number, id, option }) => ({
        number: Number(number),
        id: String(id),
        option: String(option),
      })),
  };
}

function caster(database: DatabaseSync): Votes['cast'] {
  const known = database.prepare('SELECT 1 FROM options WHERE poll = ? AND option = ?');
  const stored = database.prepare('SELECT 1 FROM votes WHERE id = ?');
  const insert = database.prepare('INSERT INTO votes (id, poll, option, by, at) VALUES (?, ?, ?, ?, ?)');
  const count = database.prepare(
    'INSERT INTO counts (poll, option, votes) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET votes = votes + 1',
  );
  return ({ id, poll, option, by, again = false }) => {
    if (known.get(poll, option) === undefined) return 'unknown-option';
    // Nobody else writes between the look and the insert.
    database.exec('BEGIN IMMEDIATE');
    try {
      const isNew = again || stored.get(id) === undefined;
      if (isNew) {
        insert.run(id, poll, option, by, new Date().toISOString());
        count.run(poll, option);
      }
      database.exec('COMMIT');
      return isNew ? 'recorded' : 'repeated';
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  };
}
