import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatProblems } from './explain.ts';
import { folderWith, goodExperiment, goodSystem } from './fake-files.ts';
import { fakeRegistries } from './fake-registry.ts';
import { loadExperiment } from './load.ts';

const registries = fakeRegistries();

/** Loads any two texts: a value, or problems with places that can be printed; never an exception. */
function loadAny(folder: string, texts: { experiment: string; system: string }): boolean {
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, `${name}.yaml`), text);
  const loaded = loadExperiment({ file: join(folder, 'experiment.yaml'), registries, env: {} });
  if (loaded.ok) return true;
  expect(loaded.problem.length).toBeGreaterThan(0);
  for (const problem of loaded.problem) {
    expect(problem.at?.file).toBeTruthy();
    expect(problem.fix.length).toBeGreaterThan(0);
    if (problem.code !== 'file-missing' && !problem.message.includes('larger than'))
      expect(problem.at?.line).toBeGreaterThan(0);
  }
  const text = formatProblems(loaded.problem, { color: false });
  expect(text).not.toMatch(/^\s+at .*:\d+:\d+|\[object|undefined|NaN:/m);
  return false;
}

/** A text with some of it cut out, doubled, replaced or swapped. */
const mutated = (text: string): fc.Arbitrary<string> => {
  const bits = fc.oneof(
    fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      ':',
      ': ',
      '- ',
      '\n',
      '\n  ',
      '\t',
      '"',
      "'",
      '&a ',
      '*a',
      '|',
      '>',
      '!x ',
      '#',
      '%',
      '@',
      '`',
      '~',
      '<<: ',
      '? ',
      '0',
      '-1',
      '1e9',
      'null',
      'true',
      '${env:X}',
      '${file:y}',
      '__proto__',
      'constructor',
      ' == ',
      '&&',
      '\u0000',
      '🙂',
    ),
    fc.string({ maxLength: 5 }),
  );
  const edit = fc.record({ at: fc.nat(text.length), cut: fc.nat(12), put: bits });
  return fc
    .array(edit, { minLength: 1, maxLength: 5 })
    .map((edits) =>
      edits.reduce((now, { at, cut, put }) => now.slice(0, at) + put + now.slice(at + cut), text),
    );
};

/** The same mapping with one value anywhere replaced by anything. */
const replaced = (text: string): fc.Arbitrary<string> => {
  const values = [...text.matchAll(/(?<=[:,[-] )[^\s,{}[\]]+/g)];
  return fc.tuple(fc.constantFrom(...values), fc.json({ maxDepth: 3 })).map(([match, json]) => {
    const [value] = match;
    return text.slice(0, match.index) + json + text.slice(match.index + value.length);
  });
};

const either = (text: string): fc.Arbitrary<string> =>
  fc.oneof(fc.constant(text), mutated(text), replaced(text));

test('mutated files never crash the loader, and what is wrong has a place', () => {
  const folder = folderWith({});
  let right = 0;
  fc.assert(
    fc.property(either(goodExperiment), either(goodSystem), (experiment, system) => {
      if (loadAny(folder, { experiment, system })) right += 1;
    }),
    { numRuns: 1_500 },
  );
  expect(right).toBeGreaterThan(0);
});

test('garbage never crashes the loader and is never right', () => {
  const folder = folderWith({});
  const garbage = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.json(),
    fc
      .constantFrom('[', '{', '"', '- ', 'a: ', '? ', '&a ', '*a ')
      .chain((bit) => fc.nat(3_000).map((count) => bit.repeat(count))),
  );
  fc.assert(
    fc.property(garbage, fc.oneof(garbage, fc.constant(goodSystem)), (experiment, system) => {
      expect(loadAny(folder, { experiment, system })).toBe(false);
      expect(loadAny(folder, { experiment: goodExperiment, system: experiment })).toBe(false);
    }),
    { numRuns: 200 },
  );
});
