import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { parse } from 'yaml';
import { type Override, parseVary } from '../../files/read/override.ts';
import { fail, gather, ok, type Problem, type Result } from '../../model/result.ts';
import { readText } from '../../reach/files.ts';
import type { VariedValue } from '../../report/compare/suite.ts';

/** What is varied, with its values in their order. */
export interface Varied {
  path: string;
  values: readonly { text: string; value: unknown }[];
}

/** An experiment with one value of everything that is varied. */
export interface Combination {
  file: string;
  values: readonly VariedValue[];
  overrides: readonly Override[];
}

/** Reads every `--vary`; the same key twice is a Problem. */
export function variedOf(texts: readonly string[]): Result<Varied[], Problem[]> {
  const { values, problems } = gather(texts.map(parseVary));
  const twice = values.find(({ path }, index) => values.findIndex((one) => one.path === path) !== index);
  if (twice !== undefined)
    problems.push({
      code: 'usage',
      message: `--vary ${twice.path} is given twice`,
      fix: `Give all its values at once: --vary ${twice.path}=a,b,c.`,
    });
  return problems.length > 0 ? fail(problems) : ok(values.map(ascending));
}

/** Quantities ascend, so that there is a first value at which something gives way; other values stay as they are given. */
function ascending(varied: Varied): Varied {
  const sizes = varied.values.map(({ text }) => /^(\d+(?:\.\d+)?)\s*(\D*)$/.exec(text));
  const units = new Set(sizes.map((size) => size?.[2]));
  if (sizes.includes(null) || units.size !== 1) return varied;
  const size = (text: string): number => Number.parseFloat(text);
  return { ...varied, values: varied.values.toSorted((a, b) => size(a.text) - size(b.text)) };
}

/** Every experiment with every combination of values: experiments first, the first key changes slowest. */
export function combinationsOf(files: readonly string[], varied: readonly Varied[]): Combination[] {
  let all: Pick<Combination, 'values' | 'overrides'>[] = [{ values: [], overrides: [] }];
  for (const { path, values } of varied)
    all = all.flatMap((before) =>
      values.map(({ text, value }) => ({
        values: [...before.values, { path, text }],
        overrides: [...before.overrides, { path, value }],
      })),
    );
  return files.flatMap((file) => all.map((one) => ({ file, ...one })));
}

/** The experiments that are named: files as they are, of folders every YAML file that has an experiment's keys. */
export function experimentFiles(named: readonly string[]): Result<string[], Problem[]> {
  const { values, problems } = gather(named.map(filesOf));
  return problems.length > 0 ? fail(problems) : ok([...new Set(values.flat())]);
}

function filesOf(named: string): Result<string[]> {
  if (!isFolder(named)) return ok([named]);
  const files = readdirSync(named)
    .filter((name) => ['.yaml', '.yml'].includes(extname(name)))
    .sort()
    .map((name) => join(named, name))
    .filter(isExperiment);
  if (files.length > 0) return ok(files);
  return fail({
    code: 'file-missing',
    message: `there is no experiment in ${named}`,
    fix: 'Name a folder with experiments, or their files.',
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A system file lies beside its experiments often. What is no YAML counts as one: its loader says what is wrong. */
function isExperiment(file: string): boolean {
  const text = readText(file);
  if (!text.ok) return true;
  try {
    const value: unknown = parse(text.value);
    const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    return keys.includes('title') || keys.includes('question') || !keys.includes('name');
  } catch {
    return true;
  }
}
