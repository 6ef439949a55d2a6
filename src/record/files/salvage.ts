import type { DatabaseSync } from 'node:sqlite';
import { sqliteTrouble } from './trouble.ts';

/** Tables that people ask about when a recording is damaged, and the column of time. */
const looked = [
  ['marks', 't'],
  ['operations', 'intended'],
  ['points', 't'],
  ['events', 't'],
] as const;

/** What of a damaged recording can still be read, in a sentence without its full stop. */
export function usableRows(db: DatabaseSync): string {
  const found = looked.map(([table, column]) => readable(db, table, column));
  return `Still readable: ${found.join(', ')}`;
}

/** Rows up to the first that cannot be read. */
function readable(db: DatabaseSync, table: string, column: string): string {
  let rows = 0;
  let last = 0;
  try {
    for (const row of db.prepare(`select cast(${column} as real) as t from ${table}`).iterate()) {
      rows += 1;
      last = Math.max(last, Number(row['t']));
    }
    return `all ${rows} ${table}`;
  } catch (error) {
    sqliteTrouble(error);
    return rows === 0 ? `no ${table}` : `${rows} ${table} (to ${(last / 1e9).toFixed(1)} s)`;
  }
}
