import { join, resolve } from 'node:path';
import { loadExperiment } from '../../files/load.ts';
import { expectedSeconds } from '../../files/plan.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { newSeed } from '../../reach/random.ts';
import { runId } from '../../record/run-folder.ts';
import { type SuiteRun, valuesText } from '../../report/compare/suite.ts';
import { suiteText } from '../../report/compare/suite-text.ts';
import { resultLook } from '../../report/sections/verdict.ts';
import { counted, duration } from '../../report/words/figures.ts';
import { report } from '../failing.ts';
import { ALREADY_ENDING, interruptSignal } from '../interrupt.ts';
import { registries } from '../registries.ts';
import { type Combination, combinationsOf, experimentFiles, type Varied, variedOf } from '../suite/expand.ts';
import { type Job, type Making, makeRun, whyStop } from '../suite/run-all.ts';
import { type Made, suiteJson, suiteOf, writeSuite } from '../suite/summary.ts';
import { looks } from '../summary.ts';
import { paint, type Terminal, terminal } from '../terminal.ts';

export interface SuiteOptions {
  runs: string;
  repeat?: string;
  vary?: string[];
  system?: string;
  seed?: string;
  yes?: boolean;
  json?: boolean;
}

/** A suite that may begin: every file with every combination is right. */
interface Suite {
  id: string;
  seed: string;
  repeat: number;
  varied: Varied[];
  members: { combination: Combination; title: string; expected_s: number }[];
}

/** `aftershock suite DIR|FILE…`: many runs one after another, and one summary. */
export async function suiteCommand(named: string[], options: SuiteOptions): Promise<ExitCode> {
  const term = terminal();
  const suite = suiteFrom(named, options);
  if (!suite.ok) return report(term, suite.problem);
  const interrupt = interruptSignal(() => term.err(ALREADY_ENDING));
  const making: Making = {
    term,
    runs: options.runs,
    ...(options.system === undefined ? {} : { system: options.system }),
    yes: options.yes === true,
    agreed: new Set(),
    interrupt,
    sessions: [],
  };
  try {
    const made = await makeAll(suite.value, making, options);
    return conclude(made, making, options);
  } finally {
    for (const session of making.sessions) await session.close();
  }
}

/** Reads the options and loads every file with every combination, before anything is touched. */
function suiteFrom(named: readonly string[], options: SuiteOptions): Result<Suite, Problem[]> {
  const repeat = Number(options.repeat ?? '1');
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > 1_000)
    return fail([
      {
        code: 'usage',
        message: `--repeat ${options.repeat} is no number of repeats`,
        fix: 'Give a number from 1.',
      },
    ]);
  const varied = variedOf(options.vary ?? []);
  const files = experimentFiles(named);
  if (!varied.ok || !files.ok)
    return fail([...(varied.ok ? [] : varied.problem), ...(files.ok ? [] : files.problem)]);
  const members = membersOf(combinationsOf(files.value, varied.value), options);
  if (!members.ok) return members;
  const seed = options.seed ?? newSeed();
  const id = `suite-${runId('suite', Date.now()).replace('-suite-', '-')}`;
  return ok({ id, seed, repeat, varied: varied.value, members: members.value });
}

function membersOf(
  combinations: readonly Combination[],
  { system }: SuiteOptions,
): Result<Suite['members'], Problem[]> {
  const members: Suite['members'] = [];
  const problems = new Map<string, Problem>();
  for (const combination of combinations) {
    const { file, overrides, values } = combination;
    const loaded = loadExperiment({
      file,
      ...(system === undefined ? {} : { system }),
      overrides,
      registries,
      env: process.env,
    });
    if (loaded.ok) {
      const expected_s = expectedSeconds(loaded.value, registries.faults);
      members.push({ combination, title: loaded.value.experiment.title, expected_s });
      continue;
    }
    for (const problem of loaded.problem) {
      const key = JSON.stringify([problem.code, problem.message, problem.at]);
      const given = values.length === 0 ? '' : ` (with ${valuesText(values)})`;
      if (!problems.has(key)) problems.set(key, { ...problem, message: `${problem.message}${given}` });
    }
  }
  return problems.size === 0 ? ok(members) : fail([...problems.values()]);
}

/** All runs, one round of repeats after another, until they are made or one must be the last. */
async function makeAll(suite: Suite, making: Making, options: SuiteOptions): Promise<Made> {
  const { id, seed, repeat, varied, members } = suite;
  const combinations = members.map(({ combination, title }) => ({
    combination,
    title,
    runs: [] as SuiteRun[],
  }));
  const planned = members.length * repeat;
  const made: Made = { id, seed, repeat, varied, combinations, planned, runs: options.runs };
  announce(suite, planned, making.term);
  for (let number = 0; number < planned; number += 1) {
    const member = members[number % members.length];
    const place = combinations[number % members.length];
    if (member === undefined || place === undefined) break;
    const round = Math.floor(number / members.length) + 1;
    const job: Job = {
      title: member.title,
      combination: member.combination,
      repeat: round,
      seed: repeat === 1 ? seed : `${seed}.${round}`,
    };
    making.term.err(startLine({ suite, number, planned, round }));
    const run = await makeRun(job, making);
    place.runs.push(run);
    tell(run, making.term, options);
    const stopped = whyStop(run, making);
    const soFar = { ...made, ...(stopped === undefined ? {} : { stopped }) };
    // What is there so far outlives a suite that is killed.
    if (isBegun(made)) writeSuite(join(options.runs, id), suiteOf(soFar, false));
    if (stopped !== undefined && number + 1 < planned) return soFar;
  }
  return made;
}

/** Without any run there is nothing to sum up; why has been told. */
const isBegun = ({ combinations }: Made): boolean =>
  combinations.some(({ runs }) => runs.some(({ run }) => run !== undefined));

function announce({ members, repeat, varied, seed }: Suite, planned: number, term: Terminal): void {
  const total = members.reduce((sum, { expected_s }) => sum + expected_s, 0) * repeat;
  const cross = varied
    .map(({ path, values }) => `${path} (${values.map(({ text }) => text).join(', ')})`)
    .join(' × ');
  const files = new Set(members.map(({ combination }) => combination.file)).size;
  const parts = [
    counted(files, 'experiment'),
    ...(cross === '' ? [] : [cross]),
    ...(repeat === 1 ? [] : [`${repeat} times`]),
  ];
  term.err(
    `${parts.join(' × ')} = ${counted(planned, 'run')}, about ${duration(Math.round(total))}, seed ${seed}`,
  );
}

function startLine(of: { suite: Suite; number: number; planned: number; round: number }): string {
  const { suite, number, planned, round } = of;
  const { members, repeat } = suite;
  const member = members[number % members.length];
  const values = member === undefined ? '' : valuesText(member.combination.values);
  let left = 0;
  for (let next = number; next < planned; next += 1) left += members[next % members.length]?.expected_s ?? 0;
  const parts = [
    `${number + 1} of ${planned}`,
    member?.title ?? '',
    values,
    repeat === 1 ? '' : `repeat ${round} of ${repeat}`,
    `about ${duration(Math.round(left))} left`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** One line a run: for people on standard error, for machines as NDJSON. */
function tell({ tallied, junit: _, ...run }: SuiteRun, term: Terminal, { json }: SuiteOptions): void {
  const result = tallied?.result;
  if (json === true) {
    term.out(
      JSON.stringify({ is: 'run', ...run, ...(result === undefined ? {} : { verdict: result.verdict }) }),
    );
    return;
  }
  if (result === undefined) return;
  const { word, tone } = resultLook(result);
  const colors = paint(term.errColor);
  term.err(`  ${colors[looks[tone === 'plain' ? 'info' : tone]](word.toLowerCase())}  ${result.summary}`);
}

function conclude(made: Made, making: Making, options: SuiteOptions): ExitCode {
  const { term } = making;
  const suite = suiteOf(made, true);
  if (!isBegun(made)) return suite.exit as ExitCode;
  const written = writeSuite(join(options.runs, made.id), suite);
  if (options.json === true)
    term.out(
      JSON.stringify({
        is: 'suite',
        directory: resolve(options.runs, made.id),
        ...(suiteJson(suite) as object),
      }),
    );
  else {
    const colors = paint(term.color);
    const width = term.tty ? { width: term.columns } : {};
    term.out(`\n${suiteText(suite, { ...width, colour: (text, as) => colors[looks[as]](text) })}`);
    if (written.ok) term.out(`\nSummary: ${resolve(written.value.html)}`);
  }
  if (!written.ok) report(term, [written.problem]);
  return suite.exit === exitCodes.asPredicted && !written.ok
    ? exitCodes.inconclusive
    : (suite.exit as ExitCode);
}
