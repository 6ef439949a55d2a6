import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { picturesOf } from '../record/attachments.ts';
import { runFile } from '../record/run-folder.ts';
import type { ChartMark } from './charts/all.ts';
import { compose } from './compose.ts';
import { keptHtml } from './html/kept.ts';
import { pageOf } from './html/render.ts';
import type { ReportInput } from './input.ts';
import { betweenMarkers, isWritten } from './learnt.ts';
import { reportJson } from './machines/json.ts';
import { junitXml } from './machines/junit.ts';
import { sheetOf } from './markdown/render.ts';

/** Where the report was written: absolute where `directory` was. */
export interface WrittenReport {
  html: string;
  markdown: string;
  /** The postmortem for machines. */
  json: string;
  junit: string;
  /** What the charts look like, for the summary on the terminal. */
  marks: readonly ChartMark[];
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
  const at = (name: 'html' | 'markdown' | 'json' | 'junit'): string => join(directory, runFile[name]);
  const files = { html: at('html'), markdown: at('markdown'), json: at('json'), junit: at('junit') };
  const [page, sheet] = [await readIfThere(files.html), await readIfThere(files.markdown)];
  const written = sheet === undefined ? undefined : betweenMarkers(sheet);
  const learnt = isWritten(written) ? written : input.learnt;
  const pictures = picturesOf(directory, input.timeline.notes);
  const report = compose({ ...input, pictures, ...(learnt === undefined ? {} : { learnt }) });
  const { markdown, charts } = sheetOf(report);
  await mkdir(join(directory, runFile.charts), { recursive: true });
  for (const chart of charts)
    await writeWhole(join(directory, runFile.charts, `${chart.name}.svg`), `${chart.svg}\n`);
  await writeWhole(files.markdown, markdown);
  await writeWhole(files.html, pageOf(report, page === undefined ? undefined : keptHtml(page)));
  const machine = reportJson(input);
  await writeWhole(files.json, `${JSON.stringify(machine, null, 2)}\n`);
  await writeWhole(files.junit, junitXml(input));
  return { ...files, marks: machine.charts };
}

/**
 * Writes report.html, report.md, charts/*.svg, report.json and junit.xml into a run's folder. What people wrote under 'What we learnt' in an
 * earlier report.md (or into the page itself) is kept. Problems: disk-full, file-missing.
 */
export async function writeReport(directory: string, input: ReportInput): Promise<Result<WrittenReport>> {
  try {
    return ok(await writeAll(directory, input));
  } catch (error) {
    return fail(problemOf(error, directory));
  }
}
