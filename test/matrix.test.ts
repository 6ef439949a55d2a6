import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newSeed } from '../src/reach/random.ts';
import { accidents } from './matrix/accidents.ts';
import { cellName, cellsOf, hostFaults, shuffled, theFirst } from './matrix/cells.ts';
import { machinePlace } from './matrix/machine.ts';
import { readLog } from './matrix/observer.ts';
import { type Result, resultOf } from './matrix/result.ts';
import { rows } from './matrix/rows.ts';
import { placesHere, runCells } from './matrix/run-cells.ts';
import { changed } from './matrix/state.ts';
import { between, failedText, gridText } from './matrix/table.ts';
import { machinesMissing, upMachines } from './support/machines.ts';

// A sample of the crash matrix; `npm run matrix` runs all of it. MATRIX_SEED repeats a sample.

const MINUTE_MS = 60_000;
/** No cell begins later; the whole test ends within 12 minutes. */
const BEGIN_WITHIN_MS = 7 * MINUTE_MS;

const everything = cellsOf({ kinds: ['ssh', 'netns', 'local'] });

test('every fault on hosts of the catalogue has its row, and every row is a fault', () => {
  const used = new Set(rows.map(({ fault }) => fault));
  expect(hostFaults().filter((name) => !used.has(name))).toEqual([]);
  expect([...used].filter((name) => !hostFaults().includes(name))).toEqual([]);
});

test('every fault on hosts meets every accident on a machine', () => {
  for (const fault of hostFaults()) {
    const met = everything.filter(({ row, kind }) => row.fault === fault && kind === 'ssh');
    expect(new Set(met.map(({ accident }) => accident.name)), fault).toEqual(
      new Set(accidents.map(({ name }) => name)),
    );
  }
});

test('a seed fixes the order of the cells', () => {
  const names = shuffled(everything, 'one').map(cellName);
  expect(shuffled(everything, 'one').map(cellName)).toEqual(names);
  expect(shuffled(everything, 'two').map(cellName)).not.toEqual(names);
  expect(new Set(names).size).toBe(everything.length);
});

test('what is not as before is seen, also its clock and its disk', () => {
  const state = { facts: ['a', 'b', 'b'], uptime_s: 1, ahead_s: 0, free_bytes: 1e9 };
  expect(changed(state, { ...state, uptime_s: 9 })).toEqual([]);
  expect(changed(state, { ...state, facts: ['b', 'c'] })).toEqual(['- a', '- b', '+ c']);
  expect(changed(state, { ...state, ahead_s: 3 })).toEqual(['~ the clock moved by 3.0 s']);
  expect(changed(state, { ...state, free_bytes: 1e9 - 1e8 })).toEqual([
    '~ 100000000 bytes of the disk are gone',
  ]);
  expect(readLog('pid 4\nseen 1.5\nrenewed 2.5\ngone 9.5\n')).toEqual({ seen: 1.5, renewed: 2.5, gone: 9.5 });
  expect(readLog('seen 1\ngone 2\nseen 3\n')).toEqual({ seen: 1 });
});

test('a cell that failed is shown as such', () => {
  const [cell] = everything;
  if (cell === undefined) throw new Error('there are no cells');
  const results = [
    resultOf(cell, { ending: 'clean', seconds: 15.2, lease_s: 15, why: [] }),
    resultOf(cell, { ending: 'dirty', lease_s: 15, why: ['+ file left'] }),
  ];
  expect(gridText(results)).toContain('FAILED 1/2, 15.2 s');
  expect(failedText(results)).toContain('+ file left');
  const page = 'a\n<!-- matrix: written by `npm run matrix` -->\nold\n<!-- /matrix -->\nb\n';
  expect(between(page, 'new')).toContain('\n\nnew\n<!-- /matrix -->\nb\n');
  expect(between(page, 'new')).not.toContain('old');
});

describe.skipIf(machinesMissing() !== undefined)('on real machines', () => {
  test('whatever happens, the host is clean by itself when its lease has run out', {
    timeout: 14 * MINUTE_MS,
  }, async () => {
    const seed = process.env['MATRIX_SEED'] ?? newSeed();
    process.stdout.write(`crash matrix: MATRIX_SEED=${seed} repeats this sample\n`);
    const first = theFirst(everything, seed);
    const names = new Set(first.map(cellName));
    const rest = shuffled(everything, seed).filter((cell) => !names.has(cellName(cell)));
    const from = performance.now();
    const home = mkdtempSync(join(tmpdir(), 'aftershock-sample-'));
    const lab = await upMachines({ count: 2, home, portBase: 31_120 });
    const places = [
      ...lab.machines.map((machine) => machinePlace(lab, machine)),
      ...(process.getuid?.() === 0 ? await placesHere() : []),
    ];
    const results: Result[] = [];
    const onEnd = (...[cell, outcome, took_s]: Parameters<Parameters<typeof runCells>[0]['onEnd']>): void => {
      results.push(resultOf(cell, outcome));
      process.stdout.write(`${outcome.ending}: ${cellName(cell)} (${took_s.toFixed(0)} s)\n`);
    };
    try {
      await runCells({ cells: [...first, ...rest], places, until: from + BEGIN_WITHIN_MS, onEnd });
    } finally {
      for (const place of places) await place.close();
      await lab.down();
      rmSync(home, { recursive: true, force: true });
    }
    process.stdout.write(`\n${gridText(results)}\n`);
    expect(failedText(results)).toBe('');
    const done = new Set(results.map(({ cell }) => cell));
    expect(first.map(cellName).filter((name) => !done.has(name))).toEqual([]);
  });
});
