import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { exitCodes } from '../../model/problems.ts';
import { type Made, suiteOf, writeSuite } from './summary.ts';

/** A suite with one run that was as predicted, of so many that were planned. */
const made = (planned: number, stopped?: string): Made => ({
  id: 'suite-1',
  seed: 'abc',
  repeat: planned,
  varied: [],
  combinations: [
    {
      combination: { file: 'a.yaml', overrides: [], values: [] },
      title: 'A',
      runs: [
        {
          repeat: 1,
          seed: 'abc.1',
          exit: exitCodes.asPredicted,
          run: 'run-1',
          junit: { name: 'testsuite', attributes: { name: 'A', tests: 1, errors: 0 } },
        },
      ],
    },
  ],
  planned,
  runs: 'runs',
  ...(stopped === undefined ? {} : { stopped }),
});

function junitOf(suite: Made): string {
  const directory = mkdtempSync(join(tmpdir(), 'aftershock-suite-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const written = writeSuite(directory, suiteOf(suite, false));
  expect(written.ok).toBe(true);
  return readFileSync(join(directory, 'junit.xml'), 'utf8');
}

test('a suite whose every run was made and as predicted is green', () => {
  expect(suiteOf(made(1), false).exit).toBe(exitCodes.asPredicted);
  expect(junitOf(made(1))).not.toContain('<error');
});

test('runs that were not made are never green, whatever those were that were', () => {
  const stopped = made(3, 'SIGINT');
  expect(suiteOf(stopped, false).exit).toBe(exitCodes.inconclusive);
  expect(junitOf(stopped)).toMatch(/<error [^>]*message="2 of 3 runs were not made: SIGINT"/);
  // What a suite that is killed leaves behind.
  expect(suiteOf(made(3), false).exit).toBe(exitCodes.inconclusive);
  expect(junitOf(made(3))).toMatch(/<error [^>]*2 of 3 runs were not made/);
});
