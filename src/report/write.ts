import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { picturesOf } from '../record/attachments.ts';
import { compose } from './compose.ts';
import { keptHtml } from './html/kept.ts';
import { pageOf } from './html/render.ts';
import type { ReportInput } from './input.ts';
import { betweenMarkers, isWritten } from './learnt.ts';
import { sheetOf } from './markdown/render.ts';

/** Where the report was written: absolute where `directory` was. */
export interface WrittenReport {
  html: string;
  markdown: string;
}

const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

function problemOf(error: unknown, directory: string): Problem {
  const code = errorCode(error);
  // Without a code it does not come from the file system: a bug, which is not for the user to mend.
  if (code === undefined) throw error;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  return {
    code: isFull ? 'disk-full' : 'file-missing',
    message: `The report could not be written to ${directory}.`,
    fix: isFull
      ? 'Make room on the disk, then run `aftershock report` on the run again: the recording is complete.'
      : 'See that the folder exists and may be written to, then run `aftershock report` on the run again.',
    cause: error instanceof Error ? error.message : String(error),
  };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Readers see the old file or the new one, never a part; on a full disk the old one stays. */
async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(draft, 'w');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function writeAll(directory: string, input: ReportInput): Promise<WrittenReport> {
  const files = { html: join(directory, 'report.html'), markdown: join(directory, 'report.md') };
  const [page, sheet] = [await readIfThere(files.html), await readIfThere(files.markdown)];
  const written = sheet === undefined ? undefined : betweenMarkers(sheet);
  const learnt = isWritten(written) ? written : input.learnt;
  const pictures = picturesOf(directory, input.timeline.notes);
  const report = compose({ ...input, pictures, ...(learnt === undefined ? {} : { learnt }) });
  const { markdown, charts } = sheetOf(report);
  await mkdir(join(directory, 'charts'), { recursive: true });
  for (const chart of charts)
    await writeWhole(join(directory, 'charts', `${chart.name}.svg`), `${chart.svg}\n`);
  await writeWhole(files.markdown, markdown);
  await writeWhole(files.html, pageOf(report, page === undefined ? undefined : keptHtml(page)));
  return files;
}

/**
 * Writes report.html, report.md and charts/*.svg into a run's folder. What people wrote under 'What we learnt' in an
 * earlier report.md (or into the page itself) is kept. Problems: disk-full, file-missing.
 */
export async function writeReport(directory: string, input: ReportInput): Promise<Result<WrittenReport>> {
  try {
    return ok(await writeAll(directory, input));
  } catch (error) {
    return fail(problemOf(error, directory));
  }
}
