import { basename, dirname, extname, join, resolve } from 'node:path';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { writeWhole } from '../../reach/files.ts';
import { notWritable, runId } from '../../record/run-folder.ts';
import { type Comparison, compared, type GateResult } from '../../report/compare/compared.ts';
import { comparisonPage } from '../../report/compare/document.ts';
import { runsHtml, runsMarkdown } from '../../report/compare/page.ts';
import { comparisonText } from '../../report/compare/text.ts';
import { gatesOf, judgeGates, type Opened, openRuns } from '../comparing.ts';
import { report } from '../failing.ts';
import { unknownName } from '../names.ts';
import { looks } from '../summary.ts';
import { paint, type Terminal, terminal } from '../terminal.ts';
import { version } from '../version.ts';
import { findRunFolder } from './run-folder.ts';

export interface CompareOptions {
  runs: string;
  baseline?: string;
  format?: string;
  output?: string;
  failOn?: string[];
}

const formats = ['html', 'markdown', 'text'] as const;
type Format = (typeof formats)[number];

const byExtension: Record<string, Format> = {
  '.html': 'html',
  '.htm': 'html',
  '.md': 'markdown',
  '.txt': 'text',
};

/** `aftershock compare RUN…`: runs side by side, and a gate for CI. */
export async function compareCommand(names: string[], options: CompareOptions): Promise<ExitCode> {
  const term = terminal();
  const format = formatOf(options);
  if (!format.ok) return report(term, [format.problem]);
  const chosen = chooseRuns(names, options);
  if (!chosen.ok) return report(term, [chosen.problem]);
  const opened = openRuns(chosen.value.names, options.runs);
  if (!opened.ok) return report(term, opened.problem);
  try {
    const gates = gatesOf(options.failOn ?? [], opened.value);
    if (!gates.ok) return report(term, gates.problem);
    const results = judgeGates(gates.value, opened.value, chosen.value.base);
    const comparison = comparisonOf(opened.value, { base: chosen.value.base, gates: results });
    const written = show(comparison, { term, format: format.value, options });
    if (!written.ok) return report(term, [written.problem]);
    return gateExit(results);
  } finally {
    for (const { recording } of opened.value) recording.close();
  }
}

const comparisonOf = (
  opened: readonly Opened[],
  of: { base: number; gates: readonly GateResult[] },
): Comparison =>
  compared(
    opened.map(({ input }) => ({ input })),
    { ...of, version },
  );

/** 1 where a gate is true of a run, 3 where one cannot be told, 0 otherwise. */
function gateExit(gates: readonly GateResult[]): ExitCode {
  if (gates.some(({ truth }) => truth === 'true')) return exitCodes.deviated;
  return gates.some(({ truth }) => truth === 'unknown') ? exitCodes.inconclusive : exitCodes.asPredicted;
}

function formatOf({ format, output }: CompareOptions): Result<Format | undefined> {
  if (format === undefined)
    return ok(output === undefined ? undefined : (byExtension[extname(output)] ?? 'text'));
  const known = formats.find((one) => one === format);
  return known === undefined ? fail(unknownName('format', format, formats)) : ok(known);
}

/** The runs in their order; the one that `--baseline` names comes first where it is not among them. */
function chooseRuns(
  names: readonly string[],
  { baseline, runs }: CompareOptions,
): Result<{ names: string[]; base: number }> {
  const folder = (name: string): string => {
    const found = findRunFolder(name, runs);
    return found.ok ? resolve(found.value) : name;
  };
  const folders = names.map(folder);
  const twice = names.find((_, index) => folders.indexOf(folders[index] ?? '') !== index);
  if (twice !== undefined)
    return fail({ code: 'usage', message: `${twice} is named twice`, fix: 'Name each run once.' });
  const base = baseline === undefined ? 0 : folders.indexOf(folder(baseline));
  const all = base < 0 && baseline !== undefined ? [baseline, ...names] : [...names];
  if (all.length < 2)
    return fail({
      code: 'usage',
      message: 'there is only one run to compare',
      fix: 'Name two runs or more; `aftershock runs` lists them.',
    });
  return ok({ names: all, base: Math.max(0, base) });
}

interface Showing {
  term: Terminal;
  format: Format | undefined;
  options: CompareOptions;
}

/** Text on the terminal and a page beside the runs, unless one format, or a file, was asked for. */
function show(comparison: Comparison, { term, format, options }: Showing): Result<void> {
  const { output } = options;
  if (format === undefined) {
    term.out(textOf(comparison, term));
    const file = join(options.runs, `${runId('compare', Date.now())}.html`);
    const written = write(file, runsHtml(comparisonPage(comparison)));
    if (written.ok) term.out(`Page: ${resolve(file)}`);
    return written;
  }
  if (output === undefined) {
    if (format === 'text') term.out(textOf(comparison, term));
    else if (format === 'html') term.out(runsHtml(comparisonPage(comparison)));
    else term.out(runsMarkdown(withoutCharts(comparison), '').markdown);
    return ok(undefined);
  }
  const written = writeAs(comparison, format, output);
  if (written.ok) term.err(`written to ${resolve(output)}`);
  return written;
}

/** Pictures are files of their own: a text on standard output has none. */
const withoutCharts = (comparison: Comparison): ReturnType<typeof comparisonPage> =>
  comparisonPage({ ...comparison, rows: [] });

function textOf(comparison: Comparison, term: Terminal): string {
  const colors = paint(term.color);
  return comparisonText(comparison, {
    ...(term.tty ? { width: term.columns } : {}),
    colour: (text, as) => colors[looks[as]](text),
  });
}

function writeAs(comparison: Comparison, format: Format, file: string): Result<void> {
  if (format === 'text') return write(file, `${comparisonText(comparison)}\n`);
  if (format === 'html') return write(file, runsHtml(comparisonPage(comparison)));
  const folder = `${basename(file, extname(file))}-charts`;
  const { markdown, charts } = runsMarkdown(comparisonPage(comparison), folder);
  for (const { name, svg } of charts) {
    const written = write(join(dirname(file), folder, `${name}.svg`), `${svg}\n`);
    if (!written.ok) return written;
  }
  return write(file, markdown);
}

function write(file: string, text: string): Result<void, Problem> {
  const written = writeWhole(file, text);
  return written.ok ? ok(undefined) : fail(notWritable(file, written.problem));
}
