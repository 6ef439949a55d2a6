import type { DatabaseSync } from 'node:sqlite';
import { getHeapStatistics } from 'node:v8';
import type { Problem } from '../../model/result.ts';

/** What one operation takes while a run is judged and reported, in bytes; measured, rounded down. */
const OPERATION_BYTES = 700;

/**
 * Why a recording cannot be judged with the memory that there is, or undefined. Without this look the process would
 * be ended by Node in the middle, without a word of what to do.
 */
export function tooLarge(
  directory: string,
  db: DatabaseSync,
  memory = getHeapStatistics().heap_size_limit,
): Problem | undefined {
  // Rows are numbered from 1 and never deleted; to count them would be to read them.
  const operations = Number(db.prepare('select max(rowid) as last from operations').get()?.['last'] ?? 0);
  const needed = operations * OPERATION_BYTES;
  if (needed <= memory) return undefined;
  const megabytes = Math.ceil((2 * needed) / 2 ** 20);
  return {
    code: 'recording-too-large',
    message: `the recording in ${directory} has ${operations} operations: more than fit into memory (${Math.round(memory / 2 ** 20)} MiB)`,
    fix: `Nothing is lost. On a machine that has the memory write \`NODE_OPTIONS=--max-old-space-size=${megabytes} aftershock judge ${directory}\`, then \`report\`; next time a lower rate will do.`,
  };
}
