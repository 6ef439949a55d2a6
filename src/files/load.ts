import { dirname, isAbsolute, join } from 'node:path';
import { environmentOf } from '../judge/expression/environment.ts';
import type { AnyFault } from '../model/contracts/fault.ts';
import type { AnySignal } from '../model/contracts/signal.ts';
import {
  defaultTiming,
  type Experiment,
  type LabKind,
  type System,
  type Timing,
} from '../model/experiment.ts';
import { fail, ok, type Place, type Problem, type Result } from '../model/result.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { type FileTrouble, readText } from '../reach/files.ts';
import { parsePart } from './read/issues.ts';
import { noSuchKey, type Override } from './read/override.ts';
import { inlineSecrets } from './read/secrets.ts';
import { parseSource, type Source } from './read/source.ts';
import { acrossProblems, timingProblems } from './shape/across.ts';
import { type Entries, readEntries } from './shape/entries.ts';
import { type ExperimentShape, experimentShape } from './shape/experiment-shape.ts';
import { checkExpressions, type Names } from './shape/expressions.ts';
import { orderProblems, repeatedIds } from './shape/order.ts';
import { readSystem, type SystemRead } from './shape/system.ts';
import { systemShape } from './shape/system-shape.ts';

/** What names may be used in files; passed in, so that this folder knows no fault and no signal. */
export interface Registries {
  faults: readonly AnyFault[];
  signals: readonly AnySignal[];
  labs: readonly LabKind[];
}

/** Both files, checked; with `System.secrets` and the signals' settings it holds secrets in memory. */
export interface Loaded {
  experiment: Experiment;
  system: System;
  signals: SignalDescriptor[];
  /** One line a signal for people, without secrets. */
  watched: readonly { name: string; text: string }[];
  /** The texts as written, without secrets. */
  sources: { experiment: string; system: string };
}

/** A system file by itself. */
export type LoadedSystem = Pick<Loaded, 'system' | 'signals' | 'watched'> & { source: string };

export interface LoadOptions {
  file: string;
  /** Instead of the one that the experiment names. */
  system?: string;
  registries: Registries;
  env: Readonly<Record<string, string | undefined>>;
  /** Set in the experiment or its system, by the first word of their path, before they are checked. */
  overrides?: readonly Override[];
  /** Reads the files; from the disk unless told. */
  read?: (path: string) => Result<string, FileTrouble>;
}

/** Reads and checks an experiment and its system; all that is wrong in both at once, each with its place. */
export function loadExperiment(options: LoadOptions): Result<Loaded, Problem[]> {
  const { file, registries } = options;
  const opened = open(file, readingOf('experiment', options));
  const source = opened.ok ? opened.value : undefined;
  const named = systemFileOf(options, source);
  const system = named.ok ? systemAt(named.value, options) : undefined;
  const experiment = source === undefined ? undefined : readExperiment(source, registries, namesFor(system));
  const across =
    experiment === undefined || !source?.sound
      ? []
      : acrossProblems(source, { read: experiment, system: system?.value });
  const problems = [
    ...strayOverrides(options),
    ...(opened.ok ? [] : [opened.problem]),
    ...(named.ok ? [] : named.problem),
    ...(experiment?.problems ?? []),
    ...across,
    ...(system?.problems ?? []),
  ];
  const checked = { experiment: experiment?.experiment, system: system?.value };
  if (problems.length > 0 || checked.experiment === undefined || checked.system === undefined) {
    return fail(inOrder(problems, file));
  }
  return ok({
    experiment: checked.experiment,
    ...checked.system,
    sources: { experiment: source?.effective ?? '', system: system?.text ?? '' },
  });
}

/** Reads and checks a system file alone. */
export function loadSystem(options: Omit<LoadOptions, 'system'>): Result<LoadedSystem, Problem[]> {
  const system = systemAt({ file: options.file }, options);
  if (system.value === undefined) return fail(inOrder(system.problems, options.file));
  return ok({ ...system.value, source: system.text });
}

const keys = { experiment: Object.keys(experimentShape.shape), system: Object.keys(systemShape.shape) };

const firstWord = ({ path }: Override): string => path.split('.')[0] ?? '';

/** How one of the two files is read, and what is set in it. */
const readingOf = (
  which: keyof typeof keys,
  { overrides = [], read = readText }: LoadOptions,
): Required<Pick<LoadOptions, 'overrides' | 'read'>> => ({
  overrides: overrides.filter((one) => keys[which].includes(firstWord(one))),
  read,
});

function strayOverrides({ overrides = [] }: LoadOptions): Problem[] {
  const all = [...keys.system, ...keys.experiment];
  return overrides.filter((one) => !all.includes(firstWord(one))).map(({ path }) => noSuchKey(path, all));
}

function open(
  file: string,
  { overrides, read: readFile }: ReturnType<typeof readingOf>,
  namedAt?: Place,
): Result<Source> {
  const read = readFile(file);
  if (read.ok) return ok(parseSource(file, read.value, overrides));
  const missing = read.problem.code === 'ENOENT';
  return fail({
    code: 'file-missing',
    message: `${file} ${missing ? 'does not exist' : 'cannot be read'}`,
    at: namedAt ?? { file },
    fix: namedAt === undefined ? 'Check the path.' : 'Paths count from the folder of the experiment.',
    cause: read.problem.text,
  });
}

interface NamedSystem {
  file: string;
  /** Where the experiment names it. */
  at?: Place;
}

/** Which system file; nothing is said where the experiment cannot be read: that is said already. */
function systemFileOf(options: LoadOptions, source: Source | undefined): Result<NamedSystem, Problem[]> {
  if (options.system !== undefined) return ok({ file: options.system });
  if (source === undefined) return fail([]);
  const written = source.valueAt(['system']);
  if (typeof written === 'string' && written.trim() !== '') {
    const file = isAbsolute(written) ? written : join(dirname(source.file), written);
    return ok({ file, at: source.placeOf(['system']) });
  }
  if (written !== undefined || !source.sound) return fail([]);
  return fail([
    {
      code: 'field-wrong',
      message: 'the experiment names no system to run against',
      at: source.placeOf([]),
      expected: 'system: ../systems/NAME.yaml',
      fix: 'Add `system:` with the path of a system file, or give `--system FILE`.',
    },
  ]);
}

interface SystemPart {
  text: string;
  value?: Pick<Loaded, 'system' | 'signals' | 'watched'>;
  /** What its signals are called, as far as they are right. */
  read?: SystemRead;
  problems: Problem[];
}

function systemAt({ file, at }: NamedSystem, options: LoadOptions): SystemPart {
  const { registries, env } = options;
  const opened = open(file, readingOf('system', options), at);
  if (!opened.ok) return { text: '', problems: [opened.problem] };
  const source = opened.value;
  if (!source.sound) return { text: source.text, problems: source.problems };
  const read = readSystem(source, registries, env);
  const problems = [...source.problems, ...read.problems];
  const { system, signals } = read;
  const value =
    system === undefined ? undefined : { system, signals: signals.descriptors, watched: signals.watched };
  return {
    text: source.effective,
    read,
    problems,
    ...(value === undefined || problems.length > 0 ? {} : { value }),
  };
}

function namesFor(system: SystemPart | undefined): Names {
  const { signals } = system?.read ?? {};
  return {
    environment: environmentOf(signals?.descriptors ?? []),
    unchecked: signals === undefined ? 'all' : signals.broken,
  };
}

export interface ExperimentRead {
  experiment?: Experiment;
  entries: Entries;
  timing: Timing;
  problems: Problem[];
}

function readExperiment(source: Source, { faults }: Registries, names: Names): ExperimentRead {
  const entries = source.sound ? readEntries(source, faults) : { entries: [], written: [], problems: [] };
  if (!source.sound) return { entries, timing: defaultTiming, problems: source.problems };
  const shape = parsePart(experimentShape, source.value, { source, path: [] });
  const timing = { ...defaultTiming, ...(shape.ok ? given(shape.value.timing ?? {}) : {}) };
  const problems = [
    ...source.problems,
    ...inlineSecrets(source).map(notEvenReferred),
    ...secretReferences(source),
    ...(shape.ok ? timingProblems(source, timing) : shape.problem),
    ...entries.problems,
    ...orderProblems(source, entries.written),
    ...repeatedIds(source, predictionIds(source)),
    ...checkExpressions(source, names),
  ];
  if (!shape.ok || problems.length > 0) return { entries, timing, problems };
  return { entries, timing, problems, experiment: experimentOf(source, shape.value, { entries, timing }) };
}

const given = (timing: NonNullable<ExperimentShape['timing']>): Partial<Timing> =>
  Object.fromEntries(Object.entries(timing).filter(([, value]) => value !== undefined));

function predictionIds(source: Source): { path: (string | number)[]; id?: string }[] {
  const list = source.valueAt(['predict']);
  if (!Array.isArray(list)) return [];
  return [...list.keys()].map((index) => {
    const id = source.valueAt(['predict', index, 'id']);
    return { path: ['predict', index], ...(typeof id === 'string' ? { id } : {}) };
  });
}

/** The fix of a secret in a system file is none here: the reference would be refused next. */
function notEvenReferred({ expected: _, ...problem }: Problem): Problem {
  return {
    ...problem,
    fix: 'Take it out: an experiment is recorded as it is. Only the system file can refer to secrets.',
  };
}

/** An experiment is recorded as it is, so it cannot refer to secrets; nobody would fill them in. */
function secretReferences(source: Source): Problem[] {
  const lines = source.text.split('\n');
  const line = lines.findIndex((one) => /\$\{(env|file):/.test(withoutComment(one)));
  if (line < 0) return [];
  const column = (lines[line] ?? '').search(/\$\{(env|file):/) + 1;
  return [
    {
      code: 'field-wrong',
      message: 'secrets can be referred to in the system file only',
      at: { file: source.file, line: line + 1, column },
      fix: 'Move what needs it to the system file.',
    },
  ];
}

const withoutComment = (line: string): string => line.replace(/(^|\s)#.*$/, '');

function experimentOf(
  source: Source,
  shape: ExperimentShape,
  { entries, timing }: { entries: Entries; timing: Timing },
): Experiment {
  const expression = (text: string, ...path: (string | number)[]) => ({ text, at: source.placeOf(path) });
  return {
    file: source.file,
    title: shape.title,
    question: shape.question,
    steady: (shape.steady ?? []).map((text, index) => expression(text, 'steady', index)),
    faults: entries.entries,
    predict: (shape.predict ?? []).map(({ id, expect, confidence }, index) => ({
      id,
      expect: expression(expect, 'predict', index, 'expect'),
      ...(confidence === undefined ? {} : { confidence }),
    })),
    abort: (shape.abort ?? []).map((rule, index) => ({
      when: expression(rule.when, 'abort', index, 'when'),
      for_s: rule.for ?? 0,
    })),
    timing,
  };
}

/** The experiment's first, each file from top to bottom, nothing twice. */
function inOrder(problems: readonly Problem[], first: string): Problem[] {
  const distinct = new Map(
    problems.map((problem) => [JSON.stringify([problem.at, problem.code, problem.message]), problem]),
  );
  const rank = ({ at }: Problem): [number, number, number] => [
    at?.file === first ? 0 : 1,
    at?.line ?? 0,
    at?.column ?? 0,
  ];
  return [...distinct.values()].sort((a, b) => {
    const [[fileA, lineA, columnA], [fileB, lineB, columnB]] = [rank(a), rank(b)];
    return fileA - fileB || lineA - lineB || columnA - columnB;
  });
}
