import { join } from 'node:path';
import { type Struggle, struggleOf } from '../../judge/compare/struggle.ts';
import { tallyOf } from '../../judge/compare/tally.ts';
import { exitCodes } from '../../model/problems.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { writeWhole } from '../../reach/files.ts';
import { openRecording, type Recording } from '../../record/reader.ts';
import { readResult } from '../../record/result-file.ts';
import { notWritable, runFile } from '../../record/run-folder.ts';
import type { PanelRow } from '../../report/charts/panels.ts';
import { compared, labelOf } from '../../report/compare/compared.ts';
import { runsHtml, runsMarkdown } from '../../report/compare/page.ts';
import {
  cellName,
  type SuiteCell,
  type SuiteLine,
  type SuiteReport,
  type SuiteRun,
  valuesText,
} from '../../report/compare/suite.ts';
import { suitePage } from '../../report/compare/suite-page.ts';
import { junitDocument, junitMissing } from '../../report/machines/junit.ts';
import { judgeRecording } from '../commands/judge.ts';
import { SUITE_FILE } from '../history.ts';
import { version } from '../version.ts';
import type { Combination, Varied } from './expand.ts';
import { worstExit } from './worst.ts';

/** A suite's runs so far, with what they were to be. */
export interface Made {
  id: string;
  seed: string;
  repeat: number;
  varied: readonly Varied[];
  combinations: readonly { combination: Combination; title: string; runs: readonly SuiteRun[] }[];
  planned: number;
  stopped?: string;
  runs: string;
}

/** Beside each other, more charts than this are no help. */
const MOST_PANELS = 8;

/** The summary of a suite, from what was kept of its runs. */
export function suiteOf(made: Made, panels: boolean): SuiteReport {
  const { id, seed, repeat, planned, stopped } = made;
  const cells = made.combinations
    .map(({ combination, title, runs }, index): SuiteCell => {
      const tallied = runs.flatMap((run) => run.tallied ?? []);
      const { file, values } = combination;
      return { label: labelOf(index), title, file, values, runs, tally: tallyOf(tallied) };
    })
    .filter(({ runs }) => runs.length > 0);
  const varied = made.varied.map(({ path, values }) => ({ path, values: values.map(({ text }) => text) }));
  return {
    id,
    seed,
    repeat,
    varied,
    cells,
    lines: linesOf(cells, varied[0]),
    rows: panels ? rowsOf(cells, made.runs) : [],
    planned,
    ...(stopped === undefined ? {} : { stopped }),
    exit: worstExit([
      ...cells.flatMap(({ runs }) => runs.map(({ exit }) => exit)),
      // Of a run that was not made nothing is known.
      ...(notMade({ cells, planned }) > 0 ? [exitCodes.inconclusive] : []),
    ]),
    version,
  };
}

/** Cells that differ in the value of the first key alone are one line. */
function linesOf(cells: readonly SuiteCell[], first: SuiteReport['varied'][number] | undefined): SuiteLine[] {
  if (first === undefined) return [];
  const groups = new Map<string, SuiteCell[]>();
  for (const cell of cells) {
    const key = `${cell.file} ${valuesText(cell.values.slice(1))}`;
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()].flatMap((own) => {
    const [example] = own;
    if (example === undefined) return [];
    const steps = own.map(({ values, runs }) => ({
      value: values[0]?.text ?? '',
      runs: runs.flatMap(({ tallied }) => tallied?.result ?? []),
    }));
    const struggle: Struggle = struggleOf(steps);
    return [{ title: example.title, others: example.values.slice(1), cells: own, struggle }];
  });
}

/** The first run of each cell side by side; a recording that cannot be read any more leaves its place empty. */
function rowsOf(cells: readonly SuiteCell[], runs: string): readonly PanelRow[] {
  if (cells.length < 2 || cells.length > MOST_PANELS) return [];
  const opened: { recording: Recording; name: string }[] = [];
  try {
    for (const cell of cells) {
      const run = cell.runs.find(({ tallied }) => tallied !== undefined)?.run;
      const recording = run === undefined ? undefined : openRecording(join(runs, run));
      if (recording?.ok === true) opened.push({ recording: recording.value, name: cellName(cell) });
    }
    if (opened.length < 2) return [];
    const inputs = opened.map(({ recording, name }) => {
      const { plan, timeline, samples, directory } = recording;
      const stored = readResult(directory);
      const result = stored.ok ? stored.value : judgeRecording(recording);
      return { name, input: { result, plan, timeline, samples, version } };
    });
    return compared(inputs, { version }).rows;
  } finally {
    for (const { recording } of opened) recording.close();
  }
}

/** Writes suite.html, suite.md with its charts, suite.json and junit.xml; gives the page's path. */
export function writeSuite(directory: string, suite: SuiteReport): Result<{ html: string }, Problem> {
  const page = suitePage(suite);
  const { markdown, charts } = runsMarkdown(page, 'charts');
  const files: Record<string, string> = {
    ...Object.fromEntries(charts.map(({ name, svg }) => [join('charts', `${name}.svg`), `${svg}\n`])),
    [runFile.junit]: junitOf(suite),
    'suite.md': markdown,
    'suite.html': runsHtml(page),
    [SUITE_FILE]: `${JSON.stringify(suiteJson(suite), null, 2)}\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    const written = writeWhole(path, text);
    if (!written.ok) return fail(notWritable(path, written.problem));
  }
  return ok({ html: join(directory, 'suite.html') });
}

/** How many of the planned runs were not begun, or not yet. */
const notMade = ({ cells, planned }: Pick<SuiteReport, 'cells' | 'planned'>): number =>
  planned - cells.reduce((sum, { runs }) => sum + runs.length, 0);

/** Every run as a test suite of its own; one that did not take place is an error, and so are those that were not begun. */
function junitOf(suite: SuiteReport): string {
  const made = suite.cells.flatMap((cell) =>
    cell.runs.map(
      ({ junit, problem }) => junit ?? junitMissing(cellName(cell), problem ?? 'it has no verdict'),
    ),
  );
  const missing = notMade(suite);
  const why = `${missing} of ${suite.planned} runs were not made: ${suite.stopped ?? 'the suite was cut short'}`;
  return junitDocument(missing === 0 ? made : [...made, junitMissing('suite', why)]);
}

/** `suite.json`, version 1. */
export function suiteJson(suite: SuiteReport): unknown {
  const { id, seed, repeat, varied, planned, stopped, exit } = suite;
  return {
    version: 1,
    suite: id,
    seed,
    repeat,
    varied,
    planned,
    ...(stopped === undefined ? {} : { stopped }),
    exit,
    cells: suite.cells.map(({ label, title, file, values, runs, tally }) => ({
      label,
      title,
      file,
      values: Object.fromEntries(values.map(({ path, text }) => [path, text])),
      runs: runs.map(({ tallied, junit: _, ...run }) => ({
        ...run,
        ...(tallied === undefined ? {} : { verdict: tallied.result.verdict, impact: tallied.result.impact }),
      })),
      verdicts: tally.verdicts,
      predictions: tally.predictions,
      measures: tally.measures.map(({ text, unit, spread }) => ({ text, unit, ...spread })),
    })),
    struggle: suite.lines.map(({ title, others, struggle }) => ({
      title,
      others: Object.fromEntries(others.map(({ path, text }) => [path, text])),
      ...struggle,
    })),
  };
}
