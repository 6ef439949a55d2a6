/** What SQLite said: its primary result code (5 busy, 11 corrupt, 13 full, …) and its text. */
export interface SqliteTrouble {
  code: number;
  text: string;
}

export const SQLITE_BUSY = 5;
export const SQLITE_CORRUPT = 11;
export const SQLITE_FULL = 13;
export const SQLITE_NOTADB = 26;

/** What an exception of node:sqlite says; anything else is a bug and goes on. */
export function sqliteTrouble(error: unknown): SqliteTrouble {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  if ('errcode' in error && typeof error.errcode === 'number') {
    const text = 'errstr' in error && error.errstr !== error.message ? `${String(error.errstr)}: ` : '';
    // The upper bits say more of the same thing.
    return { code: error.errcode & 0xff, text: `${text}${error.message}` };
  }
  // A number too large for a double, a database that is closed: node:sqlite's own words.
  if (error.code === 'ERR_OUT_OF_RANGE' || error.code === 'ERR_INVALID_STATE')
    return { code: 0, text: error.message };
  throw error;
}
