import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exitCodes } from '../../model/problems.ts';
import { folder } from '../../record/fixtures/folder.ts';
import { combinationsOf, experimentFiles, variedOf } from './expand.ts';
import { worstExit } from './worst.ts';

const varied = (...texts: string[]) => {
  const read = variedOf(texts);
  if (!read.ok) throw new TypeError(read.problem.map(({ message }) => message).join());
  return read.value;
};

test('several keys are a cross product, the first changes slowest', () => {
  const all = combinationsOf(
    ['a.yaml', 'b.yaml'],
    varied('signals.votes.rate=5/s,50/s', 'timing.watch=1s,2s'),
  );
  expect(all).toHaveLength(8);
  expect(all.slice(0, 4).map(({ file, values }) => [file, ...values.map(({ text }) => text)])).toEqual([
    ['a.yaml', '5/s', '1s'],
    ['a.yaml', '5/s', '2s'],
    ['a.yaml', '50/s', '1s'],
    ['a.yaml', '50/s', '2s'],
  ]);
  expect(all[0]?.overrides).toEqual([
    { path: 'signals.votes.rate', value: '5/s' },
    { path: 'timing.watch', value: '1s' },
  ]);
});

test('without anything varied each experiment is one', () =>
  expect(combinationsOf(['a.yaml'], [])).toEqual([{ file: 'a.yaml', values: [], overrides: [] }]));

test('quantities ascend, so that there is a first at which something gives way; words stay in their order', () => {
  const values = (text: string) => varied(text)[0]?.values.map((one) => one.text);
  expect(values('a=200/s,5/s,50/s')).toEqual(['5/s', '50/s', '200/s']);
  expect(values('a=3,10,2')).toEqual(['2', '3', '10']);
  expect(values('a=two,one')).toEqual(['two', 'one']);
  expect(values('a=1m,30s')).toEqual(['1m', '30s']);
});

test('a key given twice is a Problem', () => {
  const read = variedOf(['a.b=1,2', 'a.b=3']);
  expect(read.ok ? [] : read.problem.map(({ message }) => message)).toEqual(['--vary a.b is given twice']);
});

describe('files', () => {
  test('of a folder are its experiments, in order, without the systems beside them', () => {
    const here = folder();
    writeFileSync(join(here, 'b.yaml'), 'title: B\nquestion: Is it?\n');
    writeFileSync(join(here, 'a.yml'), 'title: A\n');
    writeFileSync(join(here, 'broken.yaml'), 'title: [');
    writeFileSync(join(here, 'system.yaml'), 'name: poll-app\nsignals: {}\n');
    writeFileSync(join(here, 'notes.md'), '');
    const files = experimentFiles([here, join(here, 'a.yml')]);
    expect(files.ok && files.value.map((file) => file.slice(here.length + 1))).toEqual([
      'a.yml',
      'b.yaml',
      'broken.yaml',
    ]);
  });
  test('an empty folder is a Problem; a file that is missing is told by its loader', () => {
    const here = join(folder(), 'empty');
    mkdirSync(here);
    expect(experimentFiles([here]).ok).toBe(false);
    expect(experimentFiles(['nowhere.yaml'])).toEqual({ ok: true, value: ['nowhere.yaml'] });
  });
});

describe('the exit code', () => {
  test.each([
    [[0, 1, 3], 1],
    [[3, 0], 3],
    [[1, 6], 6],
    [[2, 1], 2],
    [[6, 4, 1], 4],
    [[4, 5, 6], 5],
    [[], 3],
  ])('%j is %i', (exits, worst) => expect(worstExit(exits)).toBe(worst));

  test('is one of those of the runs, and 0 only if all are', () => {
    const code = fc.constantFrom(...Object.values(exitCodes));
    fc.assert(
      fc.property(fc.array(code, { minLength: 1 }), (exits) => {
        const worst = worstExit(exits);
        expect(exits).toContain(worst);
        expect(worst === 0).toBe(exits.every((one) => one === 0));
      }),
    );
  });
});
